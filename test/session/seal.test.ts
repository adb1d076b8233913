import { describe, expect, it } from '@jest/globals';
import { createSealer } from '../../src/session/seal.js';

const OLD = 'the old secret, which is long enough!';
const NEW = 'the new secret, which is long enough!';

describe('createSealer', () => {
  it('opens what it sealed, and shows nothing of it', async () => {
    const sealer = createSealer({ secrets: [NEW], purpose: 'session' });
    const text = await sealer.seal({ name: 'Ada' });
    expect(await sealer.open(text)).toEqual({ name: 'Ada' });
    expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('Ada');
    expect(text.split('.')[1]).toBe('');
  });

  it('opens what an older key sealed, as long as that key is kept', async () => {
    const before = await createSealer({ secrets: [OLD], purpose: 'session' }).seal({ a: 1 });
    expect(await createSealer({ secrets: [NEW, OLD], purpose: 'session' }).open(before)).toEqual({ a: 1 });
    expect(await createSealer({ secrets: [NEW], purpose: 'session' }).open(before)).toBeUndefined();
  });

  it('does not open for one purpose what was sealed for another', async () => {
    const trip = await createSealer({ secrets: [NEW], purpose: 'sign-in' }).seal({ version: 1 });
    expect(await createSealer({ secrets: [NEW], purpose: 'session' }).open(trip)).toBeUndefined();
  });

  it.each<[string, (text: string) => string]>([
    ['a changed byte', (text) => `${text.slice(0, -2)}${text.endsWith('AA') ? 'BB' : 'AA'}`],
    ['a cut end', (text) => text.slice(0, -1)],
    ['nothing', () => ''],
    ['words', () => 'not sealed at all'],
    [
      'an unprotected header of another algorithm',
      (text) => [Buffer.from('{"alg":"none"}').toString('base64url'), ...text.split('.').slice(1)].join('.'),
    ],
  ])('refuses %s', async (_name, change) => {
    const sealer = createSealer({ secrets: [NEW], purpose: 'session' });
    expect(await sealer.open(change(await sealer.seal({ a: 1 })))).toBeUndefined();
  });

  it.each([[[]], [['short']]])('takes no %j for keys', (secrets) => {
    expect(() => createSealer({ secrets, purpose: 'session' })).toThrow(/session key/);
  });
});
