import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The head as it came. */
  readonly head: string;
}

/** Sends bytes as they are and reads until the server closes, so `Connection: close` belongs among them. */
export function sendRaw(port: number, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => socket.destroy(new Error('no answer in 10 seconds')), 10_000);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parse(Buffer.concat(chunks).toString('latin1')));
    });
    // Not end(): to some servers a client that says no more has left.
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export function requestBytes(
  host: string,
  { method = 'GET', target, headers = [], body }: RawRequest,
): string {
  const all = [
    ['Host', host],
    ['Connection', 'close'],
    ...(body === undefined ? [] : [['Content-Length', String(body.length)]]),
    ...headers,
  ];
  return [
    `${method} ${target} HTTP/1.1`,
    ...all.map(([name, value]) => `${name}: ${value}`),
    '',
    body ?? '',
  ].join('\r\n');
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? text : text.slice(0, end);
  const [line = '', ...fields] = head.split('\r\n');
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1] ?? 0),
    head,
    headers: Object.fromEntries(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    ),
    body: end === -1 ? '' : text.slice(end + 4),
  };
}
