import type { Outcome } from '../../domain/outcome.js';
import { SIGN_IN_RULE, SIGN_OUT_RULE } from '../public/sign-in.js';

export interface SignInPlace {
  /** The service's origins, or ours where no service stands; the canonical one first. */
  readonly origins: readonly string[];
  /** The authority the client is on. */
  readonly host: string;
  /** Public path of the service, `/` where there is none. */
  readonly servicePath: string;
}

/** Our sign-in page on the origin the client is on, with the canonical target as the way back. */
export function signInUrlOf(outcome: Outcome, { origins, host, servicePath }: SignInPlace): string {
  const origin = origins.find((own) => new URL(own).host === host) ?? origins[0] ?? '';
  const { match, target } = outcome;
  // Back to Airflow's own sign-in page would lead nowhere.
  const own = match.kind === 'matched' && [SIGN_IN_RULE, SIGN_OUT_RULE].includes(match.rule.id);
  const root = servicePath === '/' ? '/' : `${servicePath}/`;
  return `${origin}/.auth/login?rd=${encodeURIComponent(own ? root : (target ?? root))}`;
}
