import type { Assertion } from '../domain/assertion.js';

/** Tells the upstream nothing: for one that asks nobody, behind a network that lets only the gateway in. */
export function createNoneAssertion(): Assertion {
  return {
    profile: 'none',
    assert: async () => [],
  };
}
