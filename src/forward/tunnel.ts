import { Duplex } from 'node:stream';

/**
 * Stands between the client's socket and the proxy library. Until {@link Tunnel.open} nothing written to it reaches
 * the client and nothing the client sends is read: the library writes a 101, or relays whatever the upstream said,
 * without looking at it. Afterwards it is the socket, with an idle timeout.
 */
export class Tunnel extends Duplex {
  readonly #socket: Duplex;
  readonly #idle: NodeJS.Timeout;
  #state: 'closed' | 'skip-head' | 'open' = 'closed';

  constructor(socket: Duplex, options: { readonly idleTimeoutMs: number; readonly onIdle: () => void }) {
    super();
    this.#socket = socket;
    this.#idle = setTimeout(options.onIdle, options.idleTimeoutMs).unref();
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
  }

  /** `head` is our own 101; the library's, which is the next thing it writes, is thrown away. */
  open(head: string): void {
    this.#state = 'skip-head';
    this.#socket.write(head, 'latin1');
    this.#socket.on('data', (chunk: Buffer) => {
      this.#idle.refresh();
      if (!this.push(chunk)) this.#socket.pause();
    });
    this.#socket.on('end', () => this.push(null));
    this.#socket.pause();
  }

  override _read(): void {
    if (this.#state !== 'closed') this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#state === 'open') {
      this.#idle.refresh();
      this.#socket.write(chunk, callback);
      return;
    }
    if (this.#state === 'skip-head') this.#state = 'open';
    callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#state === 'open') this.#socket.end(callback);
    else callback();
  }

  override _destroy(_error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#idle);
    if (this.#state !== 'closed') this.#socket.destroy();
    // Broken sockets are the ordinary end of a tunnel.
    callback(null);
  }

  /** What the library calls on a `net.Socket`. Timeouts and options of the real one are ours to set. */
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  destroySoon(): void {
    this.end(() => this.destroy());
  }
}
