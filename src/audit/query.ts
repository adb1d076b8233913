import { readLink } from './chain.js';
import { type ByteSource, readLines } from './lines.js';

/** Which records are wanted; an absent member asks nothing. All that are present must hold. */
export interface RecordFilter {
  /** The recorded `user.id`, byte for byte; service accounts are `service-account:<id>`. */
  readonly user?: string;
  readonly deployment?: string;
  /** The recorded `event.reason`. */
  readonly reason?: string;
  /** Epoch milliseconds, inclusive. */
  readonly sinceMs?: number;
  /** Epoch milliseconds, exclusive. */
  readonly untilMs?: number;
}

export interface FoundRecord {
  /** Line number from 1. */
  readonly number: number;
  /** The line as it is in the file. */
  readonly line: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Finds records in an audit file, in its order. Does not check the chain; lines that are no records are passed over.
 * Throws {@link AuthProxyError} where the file cannot be read.
 */
export async function* queryRecords(
  source: ByteSource,
  filter: RecordFilter,
): AsyncGenerator<FoundRecord, void, undefined> {
  for await (const { number, bytes } of readLines(source)) {
    const record = readLink(bytes)?.record;
    if (record !== undefined && matches(record, filter)) {
      yield { number, line: Buffer.from(bytes).toString('utf8'), record };
    }
  }
}

function matches(record: Readonly<Record<string, unknown>>, filter: RecordFilter): boolean {
  const { user, deployment, reason, sinceMs, untilMs } = filter;
  if (user !== undefined && member(record.user, 'id') !== user) return false;
  if (deployment !== undefined && member(record.auth_proxy, 'deployment') !== deployment) return false;
  if (reason !== undefined && member(record.event, 'reason') !== reason) return false;
  if (sinceMs === undefined && untilMs === undefined) return true;
  const atMs = Date.parse(String(record['@timestamp']));
  // A record without a readable time is in no range.
  return !Number.isNaN(atMs) && atMs >= (sinceMs ?? -Infinity) && atMs < (untilMs ?? Infinity);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
