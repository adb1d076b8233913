import { toClientSetCookie } from './cookies.js';
import type { AnswerFraming } from './framing.js';
import { connectionNamed, isFieldValue, isToken } from './header-text.js';
import type { ForwardJob } from './job.js';
import { rewriteLocation } from './location.js';
import type { CompiledPlace } from './place.js';

/** Never passed from an upstream. */
const DROPPED: ReadonlySet<string> = new Set([
  // Hop-by-hop and framing; trailers are not forwarded.
  ...['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'content-length'],
  // What runs there is nobody's business; Refresh and Link may name hosts inside (threats S12).
  ...['server', 'x-powered-by', 'via', 'refresh', 'link'],
  // One Deployment must not speak for the whole host, which others and we share.
  ...['alt-svc', 'strict-transport-security', 'clear-site-data', 'service-worker-allowed', 'public-key-pins'],
  ...['expect-ct', 'nel', 'report-to', 'reporting-endpoints', 'origin-agent-cluster', 'set-login'],
  // A sign-in dialog whose password would never get there.
  ...['www-authenticate', 'authentication-info'],
  // Orders to a web server before us.
  ...['x-sendfile', 'x-lighttpd-send-file', 'x-accel-redirect', 'x-reproxy-url'],
]);

/**
 * CORS headers go from every service, not from Flower alone as DESIGN 3 asks: we answer OPTIONS ourselves and grant
 * nothing, so a grant of the upstream could only be a hole (Airflow 3.1.8 allows credentials to any Origin, S9).
 */
const DROPPED_PREFIX = /^(?:access-control-|proxy-|x-auth-proxy-|x-envoy-)/;

/** A changed body is another representation, and no longer in parts. */
const OF_THE_OLD_BODY: ReadonlySet<string> = new Set([
  ...['etag', 'last-modified', 'content-md5', 'digest', 'content-digest', 'repr-digest', 'accept-ranges'],
  ...['cache-control', 'expires', 'content-encoding'],
]);

/**
 * Headers of an upstream's answer for the caller, name, value, name, value …: order and duplicates kept, what is no
 * header by RFC 9110 dropped. `raw` is latin-1 text of the bytes; nothing in it is trusted. `transformed`: the body
 * is ours, `framing` its length.
 */
export function toClientHeaders(
  raw: readonly string[],
  job: ForwardJob,
  place: CompiledPlace,
  framing: AnswerFraming,
  transformed = false,
): string[] {
  const named = connectionNamed(raw);
  const ours = new Set((job.responseHeaders ?? []).map(([name]) => name.toLowerCase()));
  const seen = new Set<string>();
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lower = name.toLowerCase();
    if (DROPPED.has(lower) || DROPPED_PREFIX.test(lower) || named.has(lower) || ours.has(lower)) continue;
    if (transformed && OF_THE_OLD_BODY.has(lower)) continue;
    const value = rewritten(lower, raw[i + 1] ?? '', job, place, seen.has(lower));
    if (value === undefined || !isToken(name) || !isFieldValue(value)) continue;
    seen.add(lower);
    headers.push(name, value);
  }
  if (transformed) headers.push('cache-control', 'no-store');
  else if (!seen.has('cache-control') && !ours.has('cache-control') && !isStatic(job.target, place)) {
    // Threats S7: without this a shared cache may keep, by its own heuristics, what one person was shown.
    headers.push('cache-control', 'private');
  }
  if (framing.kind === 'length') headers.push('content-length', String(framing.bytes));
  for (const [name, value] of job.responseHeaders ?? []) headers.push(name, value);
  return headers;
}

/** Undefined: dropped. */
function rewritten(
  name: string,
  value: string,
  job: ForwardJob,
  place: CompiledPlace,
  again: boolean,
): string | undefined {
  switch (name) {
    case 'set-cookie':
      return toClientSetCookie(value, place, job.cookieBindings);
    case 'location':
    case 'content-location':
      return again ? undefined : rewriteLocation(value, place, job.host, job.target);
    default:
      return value;
  }
}

function isStatic(target: string, place: CompiledPlace): boolean {
  return target.startsWith(`${place.base}/static/`);
}
