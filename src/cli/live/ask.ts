/** One answer of an upstream, as far as a check looks at it. */
export interface LiveAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** First 4 KiB. */
  readonly body: string;
}

export type Asked =
  | { readonly kind: 'answered'; readonly answer: LiveAnswer }
  | { readonly kind: 'unreachable'; readonly cause: string };

const TIMEOUT_MS = 10_000;
const BODY_CHARACTERS = 4096;

/** Asks an upstream one thing, as the gateway would. Never follows a redirect and never rejects. */
export async function ask(url: string, headers: Readonly<Record<string, string>>): Promise<Asked> {
  try {
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = (await response.text()).slice(0, BODY_CHARACTERS);
    return { kind: 'answered', answer: { status: response.status, headers: response.headers, body } };
  } catch (error) {
    return { kind: 'unreachable', cause: causeOf(error) };
  }
}

function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code =
    typeof inner === 'object' && inner !== null && 'code' in inner ? String(inner.code) : undefined;
  return code ?? (inner instanceof Error ? inner.message : String(inner));
}
