import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, sendAnswer } from '../answers/answer.js';

/** How much of a body that nobody wants is read so that its sender gets to see the answer, and for how long. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 2000;

/**
 * Sends an answer of our own. Where the body has not all come, this is the last answer of the connection: what comes
 * behind is never read as a request. It is thrown away for a while first, since closing a socket with unread bytes
 * resets it, and the sender would see a broken connection in place of the answer (threats F05; RFC 9112 9.6).
 */
export function answerRequest(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (req.complete || res.destroyed) {
    sendAnswer(res, answer, req.method);
    return;
  }
  res.writeHead(answer.status, { ...answer.headers, connection: 'close' });
  if (req.method === 'HEAD' || answer.body === '') res.flushHeaders();
  else res.write(answer.body);
  discard(req, res);
}

function discard(req: IncomingMessage, res: ServerResponse): void {
  let left = LINGER_BYTES;
  const end = (): void => {
    clearTimeout(timer);
    req.off('data', onData).off('end', end).off('close', end);
    if (!res.writableEnded) res.end();
  };
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const timer = setTimeout(end, LINGER_MS).unref();
  req.on('data', onData).on('end', end).on('close', end).resume();
}
