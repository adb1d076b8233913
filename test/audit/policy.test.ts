import { describe, expect, it } from '@jest/globals';
import { type RecordMode, shouldRecord } from '../../src/audit/policy.js';
import type { RequestResult } from '../../src/audit/result.js';
import type { Outcome } from '../../src/domain/outcome.js';
import type { Effect } from '../../src/domain/route.js';
import { deniedOutcome, LOG_RULE } from './samples.js';

const FORWARDED: RequestResult = { kind: 'forwarded', statusCode: 200 };

function allowed(effect: Effect): Outcome {
  const rule = { ...LOG_RULE, effect };
  return deniedOutcome({
    decision: { kind: 'allow', reason: 'permission-held', rule, permission: undefined },
  });
}

describe('shouldRecord', () => {
  it.each<[RecordMode, Effect, boolean]>([
    ['denied', 'read', false],
    ['denied', 'form', false],
    ['denied', 'write', false],
    ['writes', 'read', false],
    ['writes', 'form', false],
    ['writes', 'write', true],
    ['all', 'read', true],
    ['all', 'form', true],
    ['all', 'write', true],
  ])('in mode %s, a forwarded %s is recorded: %s', (mode, effect, recorded) => {
    expect(shouldRecord(mode, allowed(effect), FORWARDED)).toBe(recorded);
  });

  it.each<[string, Outcome, RequestResult]>([
    ['a denial', deniedOutcome(), { kind: 'denied', reason: 'no-role', statusCode: 403 }],
    ['a silent upstream', allowed('read'), { kind: 'denied', reason: 'upstream-timeout', statusCode: 504 }],
    ['an upstream refusal', allowed('read'), { kind: 'denied', reason: 'upstream-denied', statusCode: 403 }],
    ['an answer of our own', allowed('read'), { kind: 'answered', reason: 'options', statusCode: 204 }],
  ])('%s is recorded in every mode', (_name, outcome, result) => {
    for (const mode of ['denied', 'writes', 'all'] as const) {
      expect(shouldRecord(mode, outcome, result)).toBe(true);
    }
  });
});
