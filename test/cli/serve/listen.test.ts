import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { closeServer, listen } from '../../../src/cli/serve/listen.js';
import { createLog } from '../../../src/observe/log.js';

describe('listen', () => {
  it('logs what fails after the start in place of ending the process', async () => {
    const lines: string[] = [];
    const server = createServer();
    await listen(
      server,
      { host: '127.0.0.1', port: 0 },
      'server.listen',
      createLog({ level: 'error', destination: { write: (line) => void lines.push(line) } }),
    );
    server.emit('error', Object.assign(new Error('accept'), { code: 'EMFILE' }));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ message: 'a listener failed', address: '127.0.0.1:0' }),
    ]);
    await closeServer(server);
  });

  it('names an address that this machine does not have', async () => {
    const log = createLog({ level: 'error', destination: { write: () => undefined } });
    await expect(
      listen(createServer(), { host: '192.0.2.1', port: 1 }, 'server.adminListen', log),
    ).rejects.toThrow(/`192\.0\.2\.1:1` \(server\.adminListen, EADDRNOTAVAIL\).*0\.0\.0\.0 for all/);
  });
});
