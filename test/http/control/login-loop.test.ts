import { describe, expect, it } from '@jest/globals';
import { type LoginTripInput, nextLoginTrip } from '../../../src/http/control/login-loop.js';

const NOW_MS = 1_700_000_000_000;

function trip(cookieHeader: string | undefined, changes: Partial<LoginTripInput> = {}): string {
  const result = nextLoginTrip({
    cookieHeader,
    identity: 'anonymous',
    again: false,
    nowMs: NOW_MS,
    secure: true,
    ...changes,
  });
  return result.kind === 'go' ? result.cookie : result.kind;
}

describe('nextLoginTrip', () => {
  it('counts trips from the first one', () => {
    expect(trip(undefined)).toBe(
      '__auth_proxy_login=1.1700000000; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    );
    expect(trip('a=b; __auth_proxy_login=1.1699999990; c=d')).toMatch(/^__auth_proxy_login=2\.1699999990;/);
  });

  it.each<[string, string]>([
    ['is too old', '__auth_proxy_login=9.1699999939'],
    ['is of the future', '__auth_proxy_login=9.1700000001'],
    ['is not ours', '__auth_proxy_login=9999.1699999990'],
    ['is empty', '__auth_proxy_login='],
    ['has another name', 'x__auth_proxy_login=9.1699999990'],
  ])('begins anew when the marker %s', (_name, cookie) => {
    expect(trip(cookie)).toMatch(/^__auth_proxy_login=1\.1700000000;/);
  });

  it('stops a refused credential at once, a missing one a little later', () => {
    expect(trip('__auth_proxy_login=1.1699999990', { identity: 'rejected' })).toBe('loop');
    expect(trip('__auth_proxy_login=2.1699999990')).not.toBe('loop');
    expect(trip('__auth_proxy_login=3.1699999990')).toBe('loop');
  });
});
