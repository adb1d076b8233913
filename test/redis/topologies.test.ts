import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { user } from '../contracts/role-source.js';
import { find, levels, open, ready } from './open.js';
import { describeWithRedis, eventually, freePort, type RunningRedis, startRedis } from './redis.js';

jest.setTimeout(40_000);

const PEOPLE = Array.from({ length: 12 }, (_, i) => `user-${i}`);

describeWithRedis('redis in other shapes', () => {
  it('reads a cluster, is told of changes by every node, and survives the loss of one', async () => {
    const nodes = await Promise.all(
      Array.from({ length: 3 }, () =>
        startRedis({
          args: [
            '--cluster-enabled',
            'yes',
            '--cluster-require-full-coverage',
            'no',
            '--cluster-node-timeout',
            '2000',
          ],
        }),
      ),
    );
    const [first, second, third] = nodes as [RunningRedis, RunningRedis, RunningRedis];
    const ranges = [
      [0, 5460],
      [5461, 10922],
      [10923, 16383],
    ] as const;
    for (const [index, [from, to]] of ranges.entries()) {
      await nodes[index]?.cli('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to}`);
    }
    for (const node of [second, third]) await first.cli('CLUSTER', 'MEET', '127.0.0.1', `${node.port}`);
    for (const node of nodes) {
      await eventually(
        async () => (await node.cli('CLUSTER', 'INFO')).includes('cluster_slots_assigned:16384'),
        'the cluster has formed',
        15_000,
      );
      await eventually(
        async () => (await node.cli('CLUSTER', 'INFO')).includes('cluster_state:ok'),
        'the cluster works',
        15_000,
      );
    }
    const give = (name: string, level: string) =>
      first.cli('-c', 'HSET', `p:roles:user:${name}`, 'workspace:w', level);
    for (const name of PEOPLE) await give(name, 'EDITOR');

    const pushes: boolean[] = [];
    const directory = open(second.url, {
      address: { url: second.url, mode: 'cluster', nodes: [{ host: '127.0.0.1', port: third.port }] },
      onPush: (pushed) => pushes.push(pushed),
    });
    try {
      await ready(directory);
      await eventually(() => pushes.at(-1) === true, 'every node pushes', 10_000);
      for (const name of PEOPLE) {
        expect(await find(directory, user(name))).toMatchObject({ bindings: [{ level: 'EDITOR' }] });
        await give(name, 'VIEWER');
        const took = await eventually(
          async () => levels(await find(directory, user(name))) === 'VIEWER',
          name,
          3000,
        );
        expect(took).toBeLessThan(1000);
      }
      await first.cli('-c', 'SET', 'p:revoked:jti:t1', '1');
      const revoked = () =>
        directory.revocations.check({ kind: 'user', subject: 'x', jti: 't1', iat: 1 }) === 'revoked';
      expect(await eventually(revoked, 'revoked', 3000)).toBeLessThan(1000);

      await third.kill();
      await eventually(
        async () => {
          const said = new Set<string>();
          for (const name of PEOPLE) said.add(levels(await find(directory, user(name))));
          return said.has('unavailable') && said.has('VIEWER') && said.size === 2;
        },
        'the lost third is unavailable, the rest is read',
        10_000,
      );
    } finally {
      directory.close();
      await Promise.all(nodes.map((node) => node.stop()));
    }
  });

  it('asks Sentinels for the primary and follows them to the next one', async () => {
    const primary = await startRedis();
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${primary.port}`] });
    const folder = mkdtempSync(join(tmpdir(), 'role-sentinel-'));
    const port = await freePort();
    writeFileSync(
      join(folder, 'sentinel.conf'),
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${folder}`,
        `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 2000',
      ].join('\n'),
    );
    const sentinel = spawn('redis-server', [join(folder, 'sentinel.conf'), '--sentinel'], {
      stdio: 'ignore',
    });
    const gone = once(sentinel, 'exit');
    await primary.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'EDITOR');
    const directory = open('', {
      address: { url: `redis://127.0.0.1:${port}`, mode: 'sentinel', primaryName: 'main' },
    });
    try {
      await eventually(() => directory.ready(), 'ready', 10_000);
      await eventually(async () => levels(await find(directory, user('eve'))) === 'EDITOR', 'the role');
      await eventually(
        async () => (await replica.cli('INFO', 'replication')).includes('master_link_status:up'),
        'replicated',
        10_000,
      );
      // The Sentinel has to know the replica before it can choose it; it asks every ten seconds, and once at the start.
      await eventually(
        async () => (await replica.cli('CLIENT', 'LIST')).includes('sentinel'),
        'the replica is known',
        15_000,
      );
      await primary.kill();
      await eventually(async () => (await replica.cli('ROLE')).startsWith('master'), 'a new primary', 20_000);
      await replica.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'VIEWER');
      await eventually(
        async () => levels(await find(directory, user('eve'))) === 'VIEWER',
        'the new role',
        10_000,
      );
      await replica.cli('HSET', 'p:roles:user:eve', 'workspace:w', 'ADMIN');
      const took = await eventually(
        async () => levels(await find(directory, user('eve'))) === 'ADMIN',
        'pushed',
        3000,
      );
      expect(took).toBeLessThan(1000);
    } finally {
      directory.close();
      sentinel.kill();
      await gone;
      await primary.stop();
      await replica.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
