import { type AddressInfo, createServer, type Socket } from 'node:net';
import { countLeniently, type OutgoingMessage, readOutgoing } from './outgoing.js';

/** An upstream that keeps every byte it is sent, and answers what a strict reading of them finds. */
export interface Recorder {
  readonly port: number;
  /** Messages since the last call in the order they came, and what is wrong with all bytes so far. */
  take(): { readonly messages: readonly OutgoingMessage[]; readonly faults: readonly string[] };
  /** Strict and lenient count over everything seen. */
  counts(): { readonly strict: number; readonly lenient: number };
  close(): void;
}

interface Line {
  bytes: string;
  answered: number;
  closed: boolean;
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 8\r\n\r\n';

export async function startRecorder(): Promise<Recorder> {
  const lines: Line[] = [];
  const sockets = new Set<Socket>();
  let fresh: OutgoingMessage[] = [];
  const server = createServer((socket) => {
    const line: Line = { bytes: '', answered: 0, closed: false };
    lines.push(line);
    sockets.add(socket);
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      line.closed = true;
      sockets.delete(socket);
    });
    socket.on('data', (chunk) => {
      line.bytes += chunk;
      const { messages, faults } = readOutgoing(line.bytes);
      for (const message of messages.slice(line.answered)) {
        line.answered++;
        fresh.push(message);
        socket.write(message.method === 'HEAD' ? HEAD : `${HEAD}recorded`);
      }
      if (faults.length > 0)
        socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const faults = lines.flatMap(({ bytes, closed }) => {
        const read = readOutgoing(bytes);
        // Half a message on a connection that was cut is none, to any server.
        const left =
          read.rest === '' || closed ? [] : [`unfinished: ${JSON.stringify(read.rest.slice(0, 80))}`];
        return [...read.faults, ...left];
      });
      const messages = fresh;
      fresh = [];
      return { messages, faults };
    },
    counts: () => ({
      strict: lines.reduce((sum, { bytes }) => sum + readOutgoing(bytes).messages.length, 0),
      lenient: lines.reduce((sum, { bytes }) => sum + countLeniently(wholeOf(bytes)), 0),
    }),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Without the half message that a cut connection may end in. */
function wholeOf(bytes: string): string {
  return bytes.slice(0, bytes.length - readOutgoing(bytes).rest.length);
}
