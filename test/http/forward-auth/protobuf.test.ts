import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bytesOf,
  messageOf,
  readMessage,
  textOf,
  writeLatin1,
  writeMessage,
  writeNumber,
  writeText,
} from '../../../src/http/forward-auth/protobuf.js';

describe('the protobuf wire format', () => {
  // The examples of protobuf.dev/programming-guides/encoding.
  it.each<[string, Buffer, string]>([
    ['int32 a = 1, value 150', writeNumber(1, 150), '089601'],
    ['string b = 2, "testing"', writeText(2, 'testing'), '120774657374696e67'],
    ['message c = 3 with a = 150', writeMessage(3, writeNumber(1, 150)), '1a03089601'],
    ['a field number above 15', writeNumber(16, 1), '800101'],
  ])('writes %s as the encoding guide does', (_name, bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.stringMatching(/^[\x00-\xff]*$/), (number, text) => {
        expect(textOf(readMessage(writeLatin1(number, text)), number)).toBe(text);
      }),
    );
  });

  it('steps over values of 32 and 64 bits', () => {
    const bytes = Buffer.concat([
      Buffer.from('0d01020304', 'hex'),
      Buffer.from('110102030405060708', 'hex'),
      writeText(3, 'x'),
    ]);
    expect(readMessage(bytes)).toHaveLength(1);
    expect(textOf(readMessage(bytes), 3)).toBe('x');
  });

  it('takes the last of a singular field and all of a repeated one', () => {
    const fields = readMessage(Buffer.concat([writeText(1, 'a'), writeText(1, 'b')]));
    expect(textOf(fields, 1)).toBe('b');
    expect(bytesOf(fields, 1)).toHaveLength(2);
    expect(textOf(fields, 2)).toBe('');
  });

  it('merges a message that comes in parts', () => {
    const parts = [writeMessage(1, writeText(1, 'a')), writeMessage(1, writeText(2, 'b'))];
    const merged = messageOf(readMessage(Buffer.concat(parts)), 1);
    expect([textOf(merged, 1), textOf(merged, 2)]).toEqual(['a', 'b']);
  });

  it.each<[string, string]>([
    ['a field that ends early', '120774'],
    ['a number that ends early', '0896'],
    ['a number without end', `08${'ff'.repeat(11)}`],
    ['a group', '0b'],
    ['field number 0', '0001'],
  ])('refuses %s', (_name, hex) => {
    expect(() => readMessage(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  });

  it('reads any bytes or refuses them, and never runs on', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          return readMessage(bytes).length <= bytes.length;
        } catch (error) {
          return error instanceof RangeError;
        }
      }),
    );
  });
});
