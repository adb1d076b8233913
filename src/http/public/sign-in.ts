import type { Outcome } from '../../domain/outcome.js';
import type { Reading } from '../../gate/gate.js';
import { queryPairs } from '../../policy/target/query.js';
import { checkReturn } from './return-url.js';
import type { PublicService } from './service.js';

/** Catalog rules for Airflow's and Flower's own sign-in and sign-out pages: we answer in their place. */
export const SIGN_IN_RULE = 'sign-in';
export const SIGN_OUT_RULE = 'sign-out';

/** Query keys with the way back: Airflow's, then Flower's and FAB's older spellings. */
const RETURN_KEYS = ['next', 'rd', 'return_to'];

/** Our sign-in page with the way back, which is canonical. */
function loginLocation(back: string): string {
  return `/.auth/login?rd=${encodeURIComponent(back)}`;
}

/** A navigation to the upstream's own sign-in page: to our sign-in with the checked way back, or straight back. */
export function signInAnswer(
  outcome: Outcome,
  service: PublicService,
  { parsed }: Reading<PublicService>,
): { readonly status: number; readonly location: string } {
  const pairs = parsed.kind === 'canonical' ? queryPairs(parsed.target.query) : [];
  const next = pairs.find(({ key }) => RETURN_KEYS.includes(key))?.value;
  const checked = checkReturn(next, service.origins);
  const back = checked === '/' ? withSlash(service.path) : checked;
  const known = outcome.identity.kind === 'authenticated';
  return { status: 302, location: known ? back : loginLocation(back) };
}

/** The upstream's own sign-out page leads to ours, which checks where the request came from. 303: by GET, also from a form. */
export function signOutAnswer(): { readonly status: number; readonly location: string } {
  return { status: 303, location: '/.auth/logout' };
}

function withSlash(path: string): string {
  return path === '/' ? path : `${path}/`;
}
