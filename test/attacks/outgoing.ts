/** One request as it stood on the wire to the upstream. */
export interface OutgoingMessage {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface Outgoing {
  readonly messages: readonly OutgoingMessage[];
  /** Everything that some server could read in another way. */
  readonly faults: readonly string[];
  /** Bytes behind the last whole message. */
  readonly rest: string;
}

const REQUEST_LINE =
  /^(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*(?:\?[^#\s]*)?) HTTP\/1\.1$/;
const FIELD = /^([!#$%&'*+\-.^`|~0-9A-Za-z]+): ?([\t\x20-\x7e\x80-\xff]*)$/;
const ONCE = ['host', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id'];
const AT_MOST_ONCE = [
  'authorization',
  'cookie',
  'content-type',
  'content-length',
  'transfer-encoding',
  'connection',
];
const NEVER =
  /^(?:expect|upgrade|http2-settings|te|trailer|keep-alive|proxy-.*|x-forwarded-prefix|forwarded|x-real-ip|script-name|path-info|x-http-method.*|x-method-override|x-original-.*|x-rewrite-url|x-middleware-.*|remote-user|x-remote-user)$/;

/**
 * Reads what was written to an upstream by RFC 9112 alone, with no parser of node's: one Host, one framing, origin-form,
 * no folding, no bare CR or LF, no header the gateway has to strip. One character a byte.
 */
export function readOutgoing(bytes: string): Outgoing {
  const messages: OutgoingMessage[] = [];
  const faults: string[] = [];
  let rest = bytes;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
    const behind = rest.slice(end + 4);
    const head = readHead(line, fields, faults);
    const body = readBody(head, behind, faults);
    if (body === undefined) break;
    messages.push({ ...head, body: body.content });
    rest = behind.slice(body.taken);
    if (faults.length > 0) break;
  }
  return { messages, faults, rest };
}

type Head = Omit<OutgoingMessage, 'body'>;

function readHead(line: string, fields: readonly string[], faults: string[]): Head {
  const start = REQUEST_LINE.exec(line);
  if (start === null) faults.push(`request line ${JSON.stringify(line)}`);
  const path = (start?.[2] ?? '').split('?')[0] ?? '';
  if (/\/\.{1,2}(?:\/|$)|^\/\/|%(?![0-9A-F]{2})|%(?:[01][0-9A-F]|7F|5C|2E)/.test(path))
    faults.push(`target ${path}`);
  const headers = fields.map((field): readonly [string, string] => {
    const match = FIELD.exec(field);
    if (match === null) faults.push(`field ${JSON.stringify(field)}`);
    return [(match?.[1] ?? '').toLowerCase(), match?.[2] ?? ''];
  });
  const count = (name: string) => headers.filter(([one]) => one === name).length;
  for (const name of ONCE) if (count(name) !== 1) faults.push(`${count(name)} of \`${name}\``);
  for (const name of AT_MOST_ONCE) if (count(name) > 1) faults.push(`${count(name)} of \`${name}\``);
  for (const [name] of headers) if (NEVER.test(name) || name.includes('_')) faults.push(`header \`${name}\``);
  const connection = headerValue(headers, 'connection');
  if (connection !== undefined && !/^(?:keep-alive|close)$/.test(connection))
    faults.push(`connection ${connection}`);
  return { method: start?.[1] ?? '', target: start?.[2] ?? '', headers };
}

/** Undefined: not all of it is there yet. */
function readBody(
  { method, headers }: Head,
  behind: string,
  faults: string[],
): { content: string; taken: number } | undefined {
  const length = headerValue(headers, 'content-length');
  const encoding = headerValue(headers, 'transfer-encoding');
  if (length !== undefined && encoding !== undefined) faults.push('length and encoding');
  if (method === 'GET' || method === 'HEAD') {
    if (encoding !== undefined || (length ?? '0') !== '0') faults.push(`a body on ${method}`);
  }
  if (encoding !== undefined) {
    if (encoding !== 'chunked') faults.push(`encoding ${encoding}`);
    return readChunks(behind, faults);
  }
  if (length === undefined) return { content: '', taken: 0 };
  if (!/^(?:0|[1-9]\d*)$/.test(length)) faults.push(`length ${length}`);
  const taken = Number(length);
  return behind.length < taken ? undefined : { content: behind.slice(0, taken), taken };
}

function readChunks(text: string, faults: string[]): { content: string; taken: number } | undefined {
  let content = '';
  let at = 0;
  for (;;) {
    const end = text.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const size = text.slice(at, end);
    if (!/^[0-9a-fA-F]{1,8}$/.test(size)) {
      faults.push(`chunk size ${JSON.stringify(size)}`);
      return { content, taken: text.length };
    }
    const length = Number.parseInt(size, 16);
    if (text.length < end + 4 + length) return undefined;
    if (text.slice(end + 2 + length, end + 4 + length) !== '\r\n')
      faults.push('chunk without its end, or a trailer');
    if (length === 0) return { content, taken: end + 4 };
    content += text.slice(end + 2, end + 2 + length);
    at = end + 4 + length;
  }
}

function headerValue(headers: Head['headers'], name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1];
}

/** How many requests a server as lenient as gunicorn 20 finds in the same bytes. */
export function countLeniently(bytes: string): number {
  let rest = bytes.replace(/^(?:\r?\n)+/, '');
  let count = 0;
  while (/\S/.test(rest)) {
    const end = /\r?\n\r?\n/.exec(rest);
    if (end === null) return count;
    const fields = rest.slice(0, end.index).split(/\r?\n/).slice(1);
    const value = (name: string) =>
      fields
        .map((field) => /^([^:]*):(.*)$/.exec(field))
        .find((match) => match?.[1]?.trim().toLowerCase().replaceAll('_', '-') === name)?.[2];
    rest = rest.slice(end.index + end[0].length);
    count++;
    if (value('transfer-encoding')?.toLowerCase().includes('chunked')) {
      const last = /(?:^|\n)0[^\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n/.exec(rest);
      if (last === null) return count;
      rest = rest.slice(last.index + last[0].length);
    } else {
      rest = rest.slice(Number.parseInt(value('content-length') ?? '0', 10) || 0);
    }
  }
  return count;
}
