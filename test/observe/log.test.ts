import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLog, type LogFields, type LogLevel } from '../../src/observe/log.js';

function capture(level: LogLevel = 'debug') {
  const lines: string[] = [];
  return { lines, log: createLog({ level, destination: { write: (line) => lines.push(line) } }) };
}

describe('createLog', () => {
  it('writes one JSON object a line with time, level, message and fields', () => {
    const { log, lines } = capture();
    log.warn('role source does not answer', { source: 'redis', durationMs: 12 });
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '');
    expect(line).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'warn',
      message: 'role source does not answer',
      source: 'redis',
      durationMs: 12,
    });
  });

  it('is silent below its level', () => {
    const { log, lines } = capture('warn');
    log.debug('one');
    log.info('two');
    log.error('three');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['three']);
  });

  it('leaves out fields it does not know, such as headers', () => {
    const { log, lines } = capture();
    const fields = { user: 'vic', headers: { cookie: 'CANARY' }, token: 'CANARY' } as LogFields;
    log.info('request', fields);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ user: 'vic' });
    expect(lines[0]).not.toContain('CANARY');
  });

  it('never passes a line break on', () => {
    const { log, lines } = capture();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (user, message) => {
        lines.length = 0;
        log.info(message, { user, cause: new Error(message) });
        expect(lines).toHaveLength(1);
        expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
      }),
    );
  });

  it('keeps of an error its class, code and causes, and none of its other members', () => {
    const { log, lines } = capture();
    const cause = Object.assign(new Error('connect ECONNREFUSED redis://:CANARY@127.0.0.1:6379'), {
      code: 'ECONNREFUSED',
      options: { password: 'CANARY' },
    });
    log.error('role source failed', { cause: new TypeError('cannot read', { cause }) });
    const line = JSON.parse(lines[0] ?? '');
    expect(line.cause).toEqual({
      name: 'TypeError',
      message: 'cannot read',
      stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
      cause: {
        name: 'Error',
        code: 'ECONNREFUSED',
        message: 'connect ECONNREFUSED redis://[credential]@127.0.0.1:6379',
      },
    });
    expect(lines[0]).not.toContain('CANARY');
  });

  it('describes what is thrown without being an error, and errors that cause themselves', () => {
    const { log, lines } = capture();
    log.error('odd', { cause: 'Bearer CANARY' });
    const loop = new Error('loop');
    loop.cause = loop;
    log.error('loop', { cause: loop });
    expect(JSON.parse(lines[0] ?? '').cause).toEqual({ name: 'string', message: 'Bearer [credential]' });
    expect(JSON.parse(lines[1] ?? '')).toHaveProperty('cause.cause.cause.cause.message', 'loop');
    expect(JSON.parse(lines[1] ?? '')).not.toHaveProperty('cause.cause.cause.cause.cause');
  });
});
