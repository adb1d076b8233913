import { expect, it } from '@jest/globals';
import { describePropagation, measurePropagation } from '../../bench/roles/propagation.js';
import { createPlatform, startUpstream } from './gateway.js';
import { describeWithRedis, startRedis } from './redis.js';

const rounds = Number(process.env.AUTH_PROXY_BENCH_ROUNDS ?? 1);

describeWithRedis('three gateways that share nothing but redis', () => {
  it(
    'know of every change and revocation within the bound, under 200 requests a second',
    async () => {
      const redis = await startRedis();
      const platform = await createPlatform();
      const { url, server } = await startUpstream();
      try {
        const result = await measurePropagation({
          redis,
          platform,
          upstream: url,
          gateways: 3,
          requestsPerSecond: 200,
          rounds,
        });
        process.stdout.write(`${describePropagation(result)}\n`);
        expect(result.strange).toEqual([]);
        expect(result.latenciesMs.at(-1)).toBeLessThanOrEqual(3000);
        expect(result.requestsPerSecond).toBeGreaterThan(150);
      } finally {
        server.closeAllConnections();
        server.close();
        platform.close();
        await redis.stop();
      }
    },
    120_000 + rounds * 30_000,
  );
});
