import type { Outcome } from '../../domain/outcome.js';
import type { Reading } from '../../gate/gate.js';
import { queryPairs } from '../../policy/target/query.js';
import type { Surface } from '../answers/negotiate.js';
import { checkReturn } from './return-url.js';
import type { PublicService } from './service.js';

/** Catalog rules for Airflow's and Flower's own sign-in and sign-out pages: we answer in their place. */
export const SIGN_IN_RULE = 'sign-in';
export const SIGN_OUT_RULE = 'sign-out';

/** Where a person is sent in place of a page of the upstream. */
export interface OwnPage {
  readonly reason: 'sign-in' | 'sign-out';
  readonly status: number;
  readonly location: string;
}

/** Query keys with the way back: Airflow's, then Flower's and FAB's older spellings. */
const RETURN_KEYS = ['next', 'rd', 'return_to'];

/** Our sign-in page with the way back, which is canonical. */
function loginLocation(back: string): string {
  return `/.auth/login?rd=${encodeURIComponent(back)}`;
}

/**
 * Airflow's own sign-in and sign-out pages lead to ours; programs that ask for them are told like any other. Who holds
 * no role is told like any other too, or the redirect would say that the Deployment exists.
 */
export function ownPageFor(
  outcome: Outcome,
  surface: Surface,
  service: PublicService,
  reading: Reading<PublicService>,
): OwnPage | undefined {
  const { match, identity, decision } = outcome;
  if (match.kind !== 'matched' || identity.kind === 'unverifiable' || identity.kind === 'ambiguous')
    return undefined;
  if (decision.reason === 'no-role') return undefined;
  if (match.rule.id === SIGN_OUT_RULE) return SIGN_OUT;
  return match.rule.id === SIGN_IN_RULE && surface === 'html'
    ? signInAnswer(outcome, service, reading)
    : undefined;
}

/** A navigation to the upstream's own sign-in page: to our sign-in with the checked way back, or straight back. */
function signInAnswer(outcome: Outcome, service: PublicService, { parsed }: Reading<PublicService>): OwnPage {
  const pairs = parsed.kind === 'canonical' ? queryPairs(parsed.target.query) : [];
  const next = pairs.find(({ key }) => RETURN_KEYS.includes(key))?.value;
  const checked = checkReturn(next, service.origins);
  const back = checked === '/' ? withSlash(service.path) : checked;
  const known = outcome.identity.kind === 'authenticated';
  return { reason: 'sign-in', status: 302, location: known ? back : loginLocation(back) };
}

/** Our sign-out page, which checks where the request came from. 303: by GET, also from a form. */
const SIGN_OUT: OwnPage = { reason: 'sign-out', status: 303, location: '/.auth/logout' };

function withSlash(path: string): string {
  return path === '/' ? path : `${path}/`;
}
