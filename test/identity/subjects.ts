import type { Assertion, AssertionSubject } from '../../src/domain/assertion.js';
import type { Principal } from '../../src/domain/principal.js';
import type { NativeRole } from '../../src/domain/role.js';

/** Wall clock of the tests, epoch seconds. */
export const NOW = 1_800_000_000;
export const now = (): number => NOW * 1000;

export function subject(changes: Partial<Principal> = {}, role: NativeRole = 'User'): AssertionSubject {
  const principal: Principal = {
    kind: 'user',
    id: 'eve',
    email: 'eve@example.com',
    name: 'Eve Example',
    groups: ['analysts'],
    ...changes,
  };
  return { principal, role };
}

export const PROGRAM = subject({
  kind: 'service-account',
  id: 'ci',
  email: undefined,
  name: undefined,
  groups: [],
});

/** The token of the one `authorization: Bearer` header. */
export async function tokenOf(assertion: Assertion, of: AssertionSubject = subject()): Promise<string> {
  const headers = await assertion.assert(of);
  const [header] = headers;
  if (
    headers.length !== 1 ||
    header?.[0] !== 'authorization' ||
    !/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(header[1])
  ) {
    throw new Error('not exactly one bearer token');
  }
  return header[1].slice('Bearer '.length);
}
