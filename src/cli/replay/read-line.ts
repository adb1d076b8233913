import { readCommonLine, readJsonLine } from './access-line.js';
import { readAuditRecord } from './audit-record.js';
import type { LogLine } from './log-lines.js';
import { isObject, type LineReading, unreadable } from './recorded.js';

/** Reads one line of any log we know. Total: what is none is named, and the next line is read. */
export function readLine({ text }: LogLine): LineReading {
  if (text === undefined) return unreadable('longer than any line we read');
  if (!text.startsWith('{')) return readCommonLine(text);
  let record: unknown;
  try {
    record = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch {
    return unreadable('not JSON');
  }
  if (!isObject(record)) return unreadable('not JSON');
  return isObject(record.auth_proxy) ? readAuditRecord(record) : readJsonLine(record);
}
