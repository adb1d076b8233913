import { request } from 'undici';

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly cause: string };

const TIMEOUT_MS = 30_000;
/** Airflow 3.3's OpenAPI is about one megabyte. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** One GET to an upstream. Follows no redirect, sends nothing but these headers, never rejects. */
export async function askUpstream(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { statusCode, body } = await request(url, { headers, signal });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES)
        return { kind: 'failed', cause: `an answer of more than ${MAX_BODY_BYTES} bytes` };
      chunks.push(chunk);
    }
    return { kind: 'answered', status: statusCode, body: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { kind: 'failed', cause: code ?? (error instanceof Error ? error.message : String(error)) };
  }
}
