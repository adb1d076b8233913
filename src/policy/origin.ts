import type { Effect } from '../domain/route.js';

/** Whether the page that sent the request belongs to the service. Asked only where a cookie is the credential. */
export type OriginFact =
  | { readonly kind: 'same-origin' }
  | { readonly kind: 'foreign'; readonly detail: string };

export interface OriginInput {
  readonly method: string;
  readonly effect: Effect;
  readonly origin: string | undefined;
  readonly referer: string | undefined;
  readonly secFetchSite: string | undefined;
  /** The service's own origins, the canonical one first. */
  readonly ownOrigins: readonly string[];
  /** Where a path of one of these origins leads: this service, another one, or none (our own pages). */
  readonly serviceAt: (path: string) => 'own' | 'other' | 'none';
}

export function changesState(method: string, effect: Effect): boolean {
  return effect === 'write' || (method !== 'GET' && method !== 'HEAD');
}

/**
 * Cross-site request forgery check. Airflow 3 asks no token and checks no origin, since it expects a Bearer; a proxy
 * that turns a cookie into one must ask itself. `Origin` and `Sec-Fetch-Site` cannot be set by a page.
 * Source: Fetch Standard 3.2, W3C Fetch Metadata 2.4.
 */
export function judgeOrigin(input: OriginInput): OriginFact {
  const { origin, secFetchSite, ownOrigins } = input;
  const own = ownOrigins[0] ?? 'this service';
  const from = refererService(input);
  if (from === 'other') return foreign('the page that sent this belongs to another service');

  if (input.method === 'GET' || input.method === 'HEAD') {
    if (secFetchSite === 'same-origin' || secFetchSite === 'none') return { kind: 'same-origin' };
    if (secFetchSite === undefined && from === 'own') return { kind: 'same-origin' };
    return foreign(`a page outside \`${own}\` may not send this; open it from Airflow itself`);
  }
  if (origin !== undefined) {
    if (ownOrigins.includes(origin.toLowerCase())) return { kind: 'same-origin' };
    return foreign(`\`Origin: ${printable(origin)}\` is not \`${own}\``);
  }
  if (secFetchSite === 'same-origin') return { kind: 'same-origin' };
  return foreign(
    `neither \`Origin: ${own}\` nor \`Sec-Fetch-Site: same-origin\` was sent; programs use \`Authorization: Bearer\``,
  );
}

function refererService(input: OriginInput): 'own' | 'other' | 'none' {
  if (input.referer === undefined) return 'none';
  let url: URL;
  try {
    url = new URL(input.referer);
  } catch {
    return 'none';
  }
  return input.ownOrigins.includes(url.origin) ? input.serviceAt(url.pathname) : 'none';
}

function printable(value: string): string {
  return value.replace(/[^\x21-\x7e]/g, '?').slice(0, 200);
}

function foreign(detail: string): OriginFact {
  return { kind: 'foreign', detail };
}
