import { type Answer, jsonAnswer } from '../answers/answer.js';
import type { ControlCall, ControlOptions } from './call.js';

/** Members of a public key (RFC 7517 4, RFC 7518 6.2.1 and 6.3.1, RFC 8037 2). Whatever else a key has stays here. */
const PUBLIC_MEMBERS: ReadonlySet<string> = new Set(['kty', 'use', 'alg', 'kid', 'n', 'e', 'crv', 'x', 'y']);
const KEY_TYPES: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/** `GET /.auth/jwks.json`: the keys by which an upstream recognizes our assertions (RFC 7517 5). Public to everybody. */
export function createKeys({ publicKeys }: ControlOptions) {
  return async function showKeys({ context }: ControlCall): Promise<Answer> {
    const keys = (await publicKeys()).map(publicPart).filter(({ kty }) => KEY_TYPES.has(kty));
    return jsonAnswer(200, context.requestId, { keys });
  };
}

function publicPart(key: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(key).filter(([member]) => PUBLIC_MEMBERS.has(member)));
}
