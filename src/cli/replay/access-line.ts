import {
  isObject,
  type JsonObject,
  type LineReading,
  type RecordedDecision,
  unreadable,
} from './recorded.js';

/**
 * Common and combined log format: host, ident, user, time, request line, status, size, whatever follows
 * (httpd.apache.org/docs/2.4/logs.html; nginx and gunicorn write the same). Lengths are bounded, so that a hostile line
 * costs no more than its length.
 */
const COMMON = /^\S{1,256} \S{1,256} .{1,256}? \[[^\]]{1,64}\] "((?:[^"\\]|\\.)*)" (\d{3})(?: |$)/;

export function readCommonLine(line: string): LineReading {
  const match = COMMON.exec(line);
  if (match === null) return unreadable('neither JSON nor the common or combined log format');
  return readRequest({
    requestLine: unescapeQuoted(match[1] ?? ''),
    status: Number(match[2]),
    host: undefined,
  });
}

/** The keys that nginx, Envoy, Traefik and Caddy are usually told to write, first found first. */
const KEYS = {
  method: ['request_method', 'method', 'RequestMethod'],
  target: ['request_uri', 'uri', 'path', 'RequestPath'],
  status: ['status', 'status_code', 'response_code', 'DownstreamStatus'],
  host: ['http_host', 'host', 'authority', 'RequestHost'],
} as const;

export function readJsonLine(record: JsonObject): LineReading {
  // Caddy keeps what came in an object of its own.
  const fields = isObject(record.request) ? { ...record, ...record.request } : record;
  const status = Number(first(fields, KEYS.status));
  const host = first(fields, KEYS.host)?.toLowerCase();
  const [method, target] = [first(fields, KEYS.method), first(fields, KEYS.target)];
  if (method !== undefined && target !== undefined)
    return readRequest({ requestLine: `${method} ${bytesOf(target)} HTTP/1.1`, status, host });
  const { request } = record;
  if (typeof request === 'string') return readRequest({ requestLine: bytesOf(request), status, host });
  return unreadable('JSON without request_method and request_uri, or request');
}

function readRequest(found: {
  readonly requestLine: string;
  readonly status: number;
  readonly host: string | undefined;
}): LineReading {
  const { requestLine, status, host } = found;
  const match = /^([A-Za-z-]{1,32}) (\S.*) HTTP\/\d(?:\.\d)?$/s.exec(requestLine);
  if (match === null) return unreadable('no request line like `GET /path HTTP/1.1`');
  if (!Number.isInteger(status) || status < 100 || status > 599) return unreadable('no status');
  return {
    kind: 'request',
    request: {
      method: match[1] ?? '',
      target: match[2] ?? '',
      host,
      status,
      decision: decisionOf(status),
      caller: { kind: 'unsaid' },
      place: undefined,
      rule: undefined,
    },
  };
}

/** 401 and 403 are refusals; other errors say nothing about what the caller may do. */
function decisionOf(status: number): RecordedDecision {
  if (status === 401 || status === 403) return 'denied';
  return status < 400 ? 'allowed' : 'neither';
}

function first(fields: JsonObject, keys: readonly string[]): string | undefined {
  const value = keys.map((key) => fields[key]).find((one) => one !== undefined && one !== '');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** JSON holds characters, a target is bytes. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** nginx writes `\x22`, Apache also `\"`, `\\` and C escapes. */
function unescapeQuoted(text: string): string {
  return text.replace(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_, byte: string | undefined, other: string) =>
    byte === undefined ? (CONTROLS[other] ?? other) : String.fromCharCode(Number.parseInt(byte, 16)),
  );
}

const CONTROLS: Readonly<Record<string, string>> = {
  __proto__: null as never,
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
