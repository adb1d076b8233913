import { describe, expect, it } from '@jest/globals';
import { scrub } from '../../src/observe/scrub.js';

describe('scrub', () => {
  it.each([
    ['a token', 'got eyJhbGciOiJSUzI1NiJ9.CANARY.CANARY here', 'got [token] here'],
    ['a token that was cut', 'eyJhbGciOiJSUzI1NiJ9.CANA', '[token]'],
    ['a bearer credential', 'Authorization was bearer CANARY', 'Authorization was bearer [credential]'],
    ['a basic credential', '"Basic CANARY=="', '"Basic [credential]"'],
    ['credentials in a URL', 'redis://user:CANARY@host:6379/0', 'redis://[credential]@host:6379/0'],
    ['a query', 'GET /log?dag_id=CANARY failed', 'GET /log?[query] failed'],
    ['a cookie', 'cookie: CANARY; x', 'cookie: [hidden]; x'],
    ['a password', "password='CANARY'", "password='[hidden]'"],
  ])('hides %s', (_name, text, safe) => {
    expect(scrub(text)).toBe(safe);
  });

  it('leaves a plain message alone', () => {
    const text = 'cannot read `./directory.yaml` (ENOENT); is it there?';
    expect(scrub(text)).toBe(text);
  });

  it('cuts long text and says how long it was', () => {
    expect(scrub('a'.repeat(5000))).toBe(`${'a'.repeat(1024)}[cut, 5000 characters]`);
  });

  it('stays quick on hostile text', () => {
    const started = performance.now();
    for (const part of ['eyJ', 'eyJ.', '//a', '?a', 'token=', 'bearer ']) scrub(part.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});
