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

/** `fetch` wraps what the system said. */
function causeOf(error: unknown): string {
  for (const fault of [memberOf(error, 'cause'), error]) {
    const said = memberOf(fault, 'code') ?? memberOf(fault, 'message');
    if (said !== undefined) return String(said);
  }
  return String(error);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
