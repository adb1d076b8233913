import { describe, expect, it } from '@jest/globals';
import { challengeFor } from '../../../src/http/answers/challenge.js';

describe('challengeFor', () => {
  it('has no error code where no credential was sent (RFC 6750 3.1)', () => {
    expect(challengeFor('no-credential')).toBe('Bearer realm="airflow-auth-proxy"');
  });

  it('calls every bad token invalid, without saying why (RFC 6750 3.1)', () => {
    expect(challengeFor('bad-credential')).toBe(
      'Bearer realm="airflow-auth-proxy", error="invalid_token", error_description="the token is not valid here"',
    );
  });

  it('calls two credentials an invalid request (RFC 6750 3.1)', () => {
    expect(challengeFor('ambiguous-credential')).toContain('error="invalid_request"');
  });

  it('asks for nothing where a credential would not help', () => {
    expect(challengeFor('insufficient-permission')).toBeUndefined();
    expect(challengeFor('role-unavailable')).toBeUndefined();
  });
});
