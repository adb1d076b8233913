import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

export type BodyFault = 'body-too-long' | 'request-timeout';

/**
 * The caller's body as a stream of its own, counted as it passes and never buffered beyond one high-water mark. It
 * stands between `req` and the HTTP client, which destroys the stream it sends: `req` itself has to outlive a refusal
 * so that the answer can still be written. Trailers stay behind.
 *
 * `onFault` is called at most once: when more than `limitBytes` (0 = no limit) came, or when the caller sent nothing
 * for `idleTimeoutMs` although asked to.
 */
export function countedBody(
  req: IncomingMessage,
  limits: { readonly limitBytes: number; readonly idleTimeoutMs: number },
  onFault: (fault: BodyFault) => void,
): Readable {
  let received = 0;
  /** The upstream takes more: a pause is the caller's doing. */
  let wanted = false;
  const stalled = setTimeout(() => {
    if (wanted) fault('request-timeout');
    else stalled.refresh();
  }, limits.idleTimeoutMs).unref();
  const body = new Readable({
    read() {
      if (!wanted) stalled.refresh();
      wanted = true;
      req.resume();
    },
    destroy(_error, callback) {
      clearTimeout(stalled);
      req.off('data', onData).off('end', onEnd).pause();
      callback(null);
    },
  });

  function fault(kind: BodyFault): void {
    if (body.destroyed) return;
    body.destroy();
    onFault(kind);
  }
  function onData(chunk: Buffer): void {
    received += chunk.length;
    stalled.refresh();
    if (limits.limitBytes > 0 && received > limits.limitBytes) {
      fault('body-too-long');
    } else if (!body.push(chunk)) {
      wanted = false;
      req.pause();
    }
  }
  function onEnd(): void {
    clearTimeout(stalled);
    body.push(null);
  }
  req.on('data', onData).on('end', onEnd).pause();
  return body;
}

/** How much of a body that nobody wants is read and thrown away before the connection is closed (threats F05). */
export const DISCARD_LIMIT_BYTES = 64 * 1024;

/**
 * After an answer that came before the whole body: reads what is left so that the client gets to see the answer and
 * its connection stays usable; when too much is left, closes the connection once the answer is out.
 */
export function discardBody(req: IncomingMessage, res: ServerResponse): void {
  if (req.destroyed || req.readableEnded) return;
  if (req.complete) {
    // All of it is in memory already; reading on lets the next request of this connection in.
    req.resume();
    return;
  }
  let left = DISCARD_LIMIT_BYTES;
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left >= 0) return;
    req.off('data', onData).pause();
    if (res.writableFinished) req.socket.destroy();
    else res.once('finish', () => req.socket.destroy());
  };
  req.on('data', onData).resume();
}
