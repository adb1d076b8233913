import type { IncomingMessage } from 'node:http';

/** Whether a form was sent from a page of ours. `detail` names what came and what was wanted. */
export type OriginVerdict = { readonly kind: 'same' } | { readonly kind: 'foreign'; readonly detail: string };

/**
 * The check of a POST to our own pages: `Origin` is ours, or there is none and the browser vouches for it with
 * `Sec-Fetch-Site: same-origin` (threats S1). It holds without a session too, against sign-in CSRF (S4).
 */
export function checkOrigin({ headers }: IncomingMessage, origin: string): OriginVerdict {
  const sent = headers.origin;
  if (sent === origin) return { kind: 'same' };
  if (sent === undefined && headers['sec-fetch-site'] === 'same-origin') return { kind: 'same' };
  const came = sent === undefined ? 'no origin was sent' : `origin \`${sent.slice(0, 200)}\` was sent`;
  return { kind: 'foreign', detail: `${came}, \`${origin}\` is needed; open the page by that address` };
}
