/**
 * As much of the protobuf wire format as the external-authorization messages need: varints and length-delimited fields.
 * Source: protobuf.dev/programming-guides/encoding.
 */

/** One field as it stands on the wire. Values of 32 and 64 bits, which no message here has, are skipped. */
export type Field =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array };

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** All fields of a message, in order. Throws a RangeError where the bytes are not a message. */
export function readMessage(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    if (number === 0) throw new RangeError('field number 0');
    switch (Number(tag & 7n)) {
      case WIRE.varint:
        fields.push({ number, kind: 'varint', value: varint() });
        break;
      case WIRE.bytes:
        fields.push({ number, kind: 'bytes', value: take(Number(varint())) });
        break;
      case WIRE.fixed64:
        take(8);
        break;
      case WIRE.fixed32:
        take(4);
        break;
      default:
        throw new RangeError('a wire type that is not in use');
    }
  }
  return fields;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the message ends inside a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number of more than ten bytes');
  }

  function take(length: number): Uint8Array {
    if (length > bytes.length - at) throw new RangeError('the message ends inside a field');
    at += length;
    return bytes.subarray(at - length, at);
  }
}

/** Every value of one length-delimited field, in order. */
export function bytesOf(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap((field) => (field.number === number && field.kind === 'bytes' ? [field.value] : []));
}

/** A singular string field: the last one counts, and one that is missing is empty (proto3). */
export function textOf(fields: readonly Field[], number: number): string {
  return latin1(bytesOf(fields, number).at(-1) ?? new Uint8Array());
}

/** Header bytes as node's parser gives them, one character a byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** A singular message field; parts of it that come apart are merged by concatenation, as the format says. */
export function messageOf(fields: readonly Field[], number: number): Field[] {
  return readMessage(Buffer.concat(bytesOf(fields, number)));
}

export function writeBytes(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([writeVarint((number << 3) | WIRE.bytes), writeVarint(value.length), value]);
}

/** Characters up to U+00FF, one byte each: header values and ASCII. */
export function writeLatin1(number: number, text: string): Buffer {
  return writeBytes(number, Buffer.from(text, 'latin1'));
}

export function writeText(number: number, text: string): Buffer {
  return writeBytes(number, Buffer.from(text, 'utf8'));
}

export function writeNumber(number: number, value: number): Buffer {
  return Buffer.concat([writeVarint((number << 3) | WIRE.varint), writeVarint(value)]);
}

export function writeMessage(number: number, ...fields: readonly Buffer[]): Buffer {
  return writeBytes(number, Buffer.concat(fields));
}

function writeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
