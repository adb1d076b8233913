import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  bytesOf,
  messageOf,
  readMessage,
  textOf,
  writeLatin1,
  writeMessage,
} from '../../../src/http/forward-auth/protobuf.js';
import { HOST, type Logical } from './rig.js';

/** What an Envoy makes of a CheckResponse. */
export interface Checked {
  /** google.rpc.Code. */
  readonly code: number;
  /** Of a denial. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
  readonly body: string;
}

/** The CheckRequest an Envoy sends for one client request. `raw`: with `encode_raw_headers: true`. */
export function checkRequestFor(
  { method, target, host = HOST, headers = [] }: Logical,
  { raw = false, extra = [] }: { readonly raw?: boolean; readonly extra?: readonly Buffer[] } = {},
): Buffer {
  const all: (readonly [string, string])[] = [
    [':authority', host],
    [':method', method],
    [':path', target],
    [':scheme', 'http'],
    ...headers.map(([name, value]) => [name.toLowerCase(), value] as const),
  ];
  const entries = raw
    ? [
        writeMessage(
          13,
          ...all.map(([name, value]) => writeMessage(1, writeLatin1(1, name), writeLatin1(3, value))),
        ),
      ]
    : all.map(([name, value]) => writeMessage(3, writeLatin1(1, name), writeLatin1(2, value)));
  const http = [
    writeLatin1(2, method),
    writeLatin1(4, target),
    writeLatin1(5, host),
    writeLatin1(6, 'http'),
    ...entries,
    ...extra,
  ];
  return writeMessage(1, writeMessage(4, writeMessage(2, ...http)));
}

/** Calls `envoy.service.auth.v3.Authorization/Check` as an Envoy does. */
export async function check(port: number, request: Buffer, secret?: string): Promise<Checked> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  if (secret !== undefined) metadata.set('x-auth-proxy-secret', secret);
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest<Buffer, Checked>(
        '/envoy.service.auth.v3.Authorization/Check',
        (bytes) => bytes,
        readResponse,
        request,
        metadata,
        (error, answer) => (answer === undefined ? reject(error) : resolve(answer)),
      );
    });
  } finally {
    client.close();
  }
}

function readResponse(bytes: Buffer): Checked {
  const fields = readMessage(bytes);
  const [denied, ok] = [messageOf(fields, 2), messageOf(fields, 3)];
  const options = bytesOf(denied.length > 0 ? denied : ok, 2).map((option) => readMessage(option));
  return {
    code: numberOf(messageOf(fields, 1), 1) ?? 0,
    status: numberOf(messageOf(denied, 1), 1),
    headers: Object.fromEntries(
      options.map((option) => {
        if (numberOf(option, 3) !== 2) throw new Error('a header that would be appended');
        const header = messageOf(option, 1);
        return [textOf(header, 1), textOf(header, 2)];
      }),
    ),
    removed: bytesOf(ok, 5).map((name) => Buffer.from(name).toString('latin1')),
    body: Buffer.concat(bytesOf(denied, 3)).toString('utf8'),
  };
}

function numberOf(fields: ReturnType<typeof readMessage>, number: number): number | undefined {
  const field = fields.findLast((one) => one.number === number);
  return field?.kind === 'varint' ? Number(field.value) : undefined;
}
