// HEALTHCHECK of the image, which has no shell and no curl. Asks the admin door: is the process alive.
const url = process.env.HEALTHCHECK_URL ?? 'http://127.0.0.1:9084/healthz';
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
  process.exitCode = answer.status === 200 ? 0 : 1;
} catch {
  process.exitCode = 1;
}
