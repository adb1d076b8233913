import type { Assertion } from '../domain/assertion.js';
import { createMinting, type MintingOptions } from './minted.js';

/** An assertion that travels as `Authorization: Bearer`, minted and used again as {@link createMinting} says. */
export function createBearerAssertion(profile: string, options: MintingOptions): Assertion {
  const mintFor = createMinting(options);
  return {
    profile,
    async assert(subject) {
      return [['authorization', `Bearer ${await mintFor(subject)}`]];
    },
  };
}
