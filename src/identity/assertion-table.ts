import type { Assertion } from '../domain/assertion.js';
import { type Airflow2Options, createAirflow2Assertion } from './airflow2.js';
import { type Airflow3Hs512Options, createAirflow3Hs512Assertion } from './airflow3-hs512.js';
import { type Airflow3JwksOptions, createAirflow3JwksAssertion } from './airflow3-jwks.js';
import { type AstroSmOptions, createAstroSmAssertion } from './astro-sm.js';
import { type BasicAssertionOptions, createBasicAssertion } from './basic.js';
import { createNoneAssertion } from './none.js';
import { createRemoteUserHeaderAssertion, type RemoteUserHeaderOptions } from './remote-user-header.js';

interface OptionsByProfile {
  readonly 'airflow3-hs512': Airflow3Hs512Options;
  readonly 'airflow3-jwks': Airflow3JwksOptions;
  readonly airflow2: Airflow2Options;
  readonly 'astro-sm': AstroSmOptions;
  readonly 'remote-user-header': RemoteUserHeaderOptions;
  readonly basic: BasicAssertionOptions;
  readonly none: object;
}

export type Profile = keyof OptionsByProfile;

/** The options of one profile, told apart by `profile`. */
export type AssertionOptions<P extends Profile = Profile> = {
  [Q in P]: { readonly profile: Q } & OptionsByProfile[Q];
}[P];

// Annotated, not `satisfies`: only so does the compiler see that options and maker belong together.
const TABLE: { readonly [P in Profile]: (options: OptionsByProfile[P]) => Assertion } = {
  'airflow3-hs512': createAirflow3Hs512Assertion,
  'airflow3-jwks': createAirflow3JwksAssertion,
  airflow2: createAirflow2Assertion,
  'astro-sm': createAstroSmAssertion,
  'remote-user-header': createRemoteUserHeaderAssertion,
  basic: createBasicAssertion,
  none: createNoneAssertion,
};

export const PROFILES: readonly Profile[] = Object.keys(TABLE) as Profile[];

/**
 * Makes what tells one upstream who is asking. One for each service: audience and key are fixed here.
 *
 * @throws {AuthProxyError} `config`, as the profile's own maker says
 */
export function createAssertion<P extends Profile>(options: AssertionOptions<P>): Assertion {
  return TABLE[options.profile](options);
}
