import { createHash } from 'node:crypto';
import type { AuditRecord } from './record.js';

/** Where a chain stands: number and hash of its last line. */
export interface ChainPosition {
  readonly sequence: number;
  /** SHA-256 of the line without its newline, lower-case hex. */
  readonly hash: string;
}

export const CHAIN_START: ChainPosition = { sequence: 0, hash: '0'.repeat(64) };

export interface ChainedLine {
  /** One JSON object in ASCII, without the newline. */
  readonly line: string;
  readonly position: ChainPosition;
}

/** What links a line to the one before it, as read back. */
export interface ChainLink {
  readonly sequence: number;
  readonly previousHash: string;
  /** The whole record. Nothing but its link was checked. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Writes a record as the line after `after`. `dropped` is how many records were lost before it: the trail says so
 * itself, so that a gap in time is not mistaken for silence.
 */
export function chainRecord(record: AuditRecord, after: ChainPosition, dropped = 0): ChainedLine {
  const sequence = after.sequence + 1;
  const chained = {
    ...record,
    auth_proxy: {
      ...record.auth_proxy,
      ...(dropped > 0 ? { dropped } : {}),
      sequence,
      previous_hash: after.hash,
    },
  };
  // ASCII only: no line separator, bidi mark or terminal control of U+0080 and above in the file (threats L01).
  const line = JSON.stringify(chained).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { line, position: { sequence, hash: hashLine(line) } };
}

/** SHA-256 of a line without its newline, lower-case hex. */
export function hashLine(line: string | Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/** Reads the link of a line back; undefined where the line is no complete record. */
export function readLink(line: Uint8Array): ChainLink | undefined {
  const record = parseObject(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
  const own = record?.auth_proxy;
  if (record === undefined || typeof own !== 'object' || own === null) return undefined;
  const { sequence, previous_hash: previousHash } = own as Record<string, unknown>;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  if (typeof previousHash !== 'string' || !/^[0-9a-f]{64}$/.test(previousHash)) return undefined;
  return { sequence, previousHash, record };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
