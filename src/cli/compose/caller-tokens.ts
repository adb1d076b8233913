import type { Config } from '../../config/config.js';
import type { Verify } from '../../credentials/verify.js';
import type { Authenticated } from '../../domain/identity.js';

/** The tokens of callers, for a source that asks in their name. Kept as long as their verified claims and no longer. */
export interface CallerTokens {
  tokenOf(caller: Authenticated): string | undefined;
  /** The same verification, that remembers. */
  remembering(verify: Verify): Verify;
}

export function createCallerTokens(config: Config): CallerTokens {
  // Held only where somebody asks with them.
  if (config.roles.sources.every(({ kind }) => kind !== 'houston'))
    return { tokenOf: () => undefined, remembering: (verify) => verify };
  const tokens = new WeakMap<Authenticated['claims'], string>();
  return {
    tokenOf: ({ claims }) => tokens.get(claims),
    remembering: (verify) =>
      async function verifyAndRemember(token) {
        const result = await verify(token);
        if (result.kind === 'verified') tokens.set(result.claims, token);
        return result;
      },
  };
}
