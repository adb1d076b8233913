import type { RawHeaders } from '../../gate/headers.js';
import type { Answer } from '../answers/answer.js';
import type { Verdict } from './judge.js';
import { type OriginalResult, originalOf } from './original.js';
import {
  bytesOf,
  type Field,
  latin1,
  messageOf,
  readMessage,
  textOf,
  writeLatin1,
  writeMessage,
  writeNumber,
  writeText,
} from './protobuf.js';

/** What an Envoy asks by gRPC. */
export interface CheckRequest {
  readonly original: OriginalResult;
  readonly headers: RawHeaders;
}

/** Field numbers of envoy/service/auth/v3/attribute_context.proto and external_auth.proto. */
const CHECK_REQUEST = { attributes: 1 } as const;
const ATTRIBUTES = { request: 4 } as const;
const REQUEST = { http: 2 } as const;
const HTTP = {
  method: 2,
  headers: 3,
  path: 4,
  host: 5,
  scheme: 6,
  query: 7,
  fragment: 8,
  headerMap: 13,
} as const;
const MAP_ENTRY = { key: 1, value: 2 } as const;
const HEADER_MAP = { headers: 1 } as const;
const HEADER_VALUE = { key: 1, value: 2, rawValue: 3 } as const;
const CHECK_RESPONSE = { status: 1, denied: 2, ok: 3 } as const;
const STATUS = { code: 1 } as const;
const DENIED = { status: 1, headers: 2, body: 3 } as const;
const HTTP_STATUS = { code: 1 } as const;
const OK = { headers: 2, headersToRemove: 5 } as const;
const HEADER_OPTION = { header: 1, appendAction: 3 } as const;
const OVERWRITE_IF_EXISTS_OR_ADD = 2;
/** google.rpc.Code. */
const RPC_CODE = { ok: 0, permissionDenied: 7, unauthenticated: 16 } as const;

/**
 * Reads `envoy.service.auth.v3.CheckRequest`. Prefers `header_map` (`encode_raw_headers: true`), which keeps repeated
 * fields apart; the plain map has them joined. Never throws: bytes that are no such message are refused.
 */
export function readCheckRequest(bytes: Uint8Array): CheckRequest {
  try {
    const attributes = messageOf(readMessage(bytes), CHECK_REQUEST.attributes);
    const http = messageOf(messageOf(attributes, ATTRIBUTES.request), REQUEST.http);
    const all = headersOf(http);
    const headers = all.filter(([name]) => !name.startsWith(':'));
    return { original: readOriginal(http, all), headers };
  } catch {
    return { original: { kind: 'refused', detail: 'the message is no CheckRequest' }, headers: [] };
  }
}

function readOriginal(http: readonly Field[], headers: RawHeaders): OriginalResult {
  const [method, target, host] = [
    textOf(http, HTTP.method),
    textOf(http, HTTP.path),
    textOf(http, HTTP.host),
  ];
  // Envoy leaves both empty, the target being whole in `path`; another program's idea of them is not guessed.
  if (textOf(http, HTTP.query) !== '' || textOf(http, HTTP.fragment) !== '') {
    return { kind: 'refused', detail: 'a query or fragment beside the path' };
  }
  const pseudo = { ':method': method, ':path': target, ':authority': host };
  for (const [name, value] of headers) {
    const said = name in pseudo ? pseudo[name as keyof typeof pseudo] : value;
    if (said !== value) return { kind: 'refused', detail: `\`${name}\` and the attribute differ` };
  }
  const scheme = textOf(http, HTTP.scheme);
  return originalOf({ method, scheme: scheme === '' ? undefined : scheme, host, target });
}

function headersOf(http: readonly Field[]): RawHeaders {
  const map = bytesOf(http, HTTP.headerMap);
  if (map.length > 0) {
    return bytesOf(messageOf(http, HTTP.headerMap), HEADER_MAP.headers).map((entry) => {
      const fields = readMessage(entry);
      const raw = bytesOf(fields, HEADER_VALUE.rawValue).at(-1);
      return [textOf(fields, HEADER_VALUE.key), raw ? latin1(raw) : textOf(fields, HEADER_VALUE.value)];
    });
  }
  return bytesOf(http, HTTP.headers).map((entry) => {
    const fields = readMessage(entry);
    return [textOf(fields, MAP_ENTRY.key), textOf(fields, MAP_ENTRY.value)];
  });
}

/** Writes `envoy.service.auth.v3.CheckResponse`. A header that is to be empty is removed from the client's request. */
export function writeCheckResponse(verdict: Verdict): Buffer {
  return verdict.kind === 'allow' ? writeOk(verdict) : writeDenied(verdict.answer);
}

function writeOk({ set, requestId }: Verdict & { readonly kind: 'allow' }): Buffer {
  const present = [...set.filter(([, value]) => value !== ''), ['x-request-id', requestId] as const];
  return Buffer.concat([
    writeMessage(CHECK_RESPONSE.status, writeNumber(STATUS.code, RPC_CODE.ok)),
    writeMessage(
      CHECK_RESPONSE.ok,
      ...present.map(([name, value]) => headerOption(OK.headers, name, value)),
      ...set.filter(([, value]) => value === '').map(([name]) => writeLatin1(OK.headersToRemove, name)),
    ),
  ]);
}

function writeDenied({ status, headers, body }: Answer): Buffer {
  const code = status === 401 ? RPC_CODE.unauthenticated : RPC_CODE.permissionDenied;
  // Envoy frames the answer itself.
  const { 'content-length': _length, ...own } = headers;
  return Buffer.concat([
    writeMessage(CHECK_RESPONSE.status, writeNumber(STATUS.code, code)),
    writeMessage(
      CHECK_RESPONSE.denied,
      writeMessage(DENIED.status, writeNumber(HTTP_STATUS.code, status)),
      ...Object.entries(own).map(([name, value]) => headerOption(DENIED.headers, name, value)),
      writeText(DENIED.body, body),
    ),
  ]);
}

function headerOption(field: number, name: string, value: string): Buffer {
  return writeMessage(
    field,
    writeMessage(
      HEADER_OPTION.header,
      writeLatin1(HEADER_VALUE.key, name),
      writeLatin1(HEADER_VALUE.value, value),
    ),
    writeNumber(HEADER_OPTION.appendAction, OVERWRITE_IF_EXISTS_OR_ADD),
  );
}
