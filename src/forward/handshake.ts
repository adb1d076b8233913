import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hasBody } from './framing.js';
import { listMembers, valuesOf } from './header-text.js';

/** RFC 6455 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export type Handshake =
  | { readonly kind: 'websocket'; readonly accept: string; readonly protocols: readonly string[] }
  | { readonly kind: 'bad'; readonly detail: string };

/** Reads the opening handshake by RFC 6455 4.2.1, each field exactly once. Everything else is no tunnel of ours. */
export function readHandshake(req: IncomingMessage): Handshake {
  const raw = req.rawHeaders;
  const key = only(raw, 'sec-websocket-key');
  if (req.method !== 'GET' || req.httpVersion !== '1.1')
    return bad('only GET over HTTP/1.1 opens a WebSocket');
  if (hasBody(req)) return bad('a handshake has no body');
  if (only(raw, 'upgrade')?.trim().toLowerCase() !== 'websocket') return bad('Upgrade must be websocket');
  if (!valuesOf(raw, 'connection').flatMap(listMembers).includes('upgrade'))
    return bad('Connection must name upgrade');
  if (only(raw, 'sec-websocket-version')?.trim() !== '13') return bad('Sec-WebSocket-Version must be 13');
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key))
    return bad('Sec-WebSocket-Key must be 16 bytes in base64');
  return {
    kind: 'websocket',
    accept: createHash('sha1')
      .update(key + WEBSOCKET_GUID)
      .digest('base64'),
    protocols: valuesOf(raw, 'sec-websocket-protocol').flatMap(splitList),
  };
}

/** Undefined: the upstream took this very handshake (RFC 6455 4.1). Otherwise what is wrong with its answer. */
export function faultOfAnswer(
  handshake: Handshake & { readonly kind: 'websocket' },
  status: number,
  raw: readonly string[],
): string | undefined {
  if (status !== 101) return `it answered ${status} to the handshake`;
  if (only(raw, 'upgrade')?.trim().toLowerCase() !== 'websocket') return 'it switched to something else';
  if (!valuesOf(raw, 'connection').flatMap(listMembers).includes('upgrade'))
    return 'its Connection lacks upgrade';
  if (only(raw, 'sec-websocket-accept')?.trim() !== handshake.accept)
    return 'its Sec-WebSocket-Accept is not for our key';
  const chosen = valuesOf(raw, 'sec-websocket-protocol');
  if (chosen.length > 1 || (chosen[0] !== undefined && !handshake.protocols.includes(chosen[0].trim()))) {
    return 'it chose a protocol that was not offered';
  }
  return undefined;
}

function only(raw: readonly string[], name: string): string | undefined {
  const values = valuesOf(raw, name);
  return values.length === 1 ? values[0] : undefined;
}

/** Protocol names compare case-sensitively. */
function splitList(value: string): string[] {
  return value.split(',').map((member) => member.trim());
}

function bad(detail: string): Handshake {
  return { kind: 'bad', detail };
}
