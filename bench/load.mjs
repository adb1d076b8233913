// Asks one address as fast as it answers, over a fixed number of connections, and reports once.
import { Pool } from 'undici';

const { origin, path, headers, status, connections, warmUpMs, measureMs } = JSON.parse(process.argv[2]);
const pool = new Pool(origin, { connections, pipelining: 1 });
const latenciesMs = [];
let wrong = 0;
let total = 0;
let phase = 'warm-up';

async function ask() {
  while (phase !== 'over') {
    const startedAt = performance.now();
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
    await body.dump();
    total += 1;
    if (statusCode !== status) wrong += 1;
    else if (phase === 'measure') latenciesMs.push(performance.now() - startedAt);
  }
}

const asking = Promise.all(Array.from({ length: connections }, ask));
await new Promise((resolve) => setTimeout(resolve, warmUpMs));
phase = 'measure';
await new Promise((resolve) => setTimeout(resolve, measureMs));
phase = 'over';
await asking;
await pool.close();
latenciesMs.sort((a, b) => a - b);
const at = (share) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
process.send?.({
  requestsPerSecond: (latenciesMs.length * 1000) / measureMs,
  medianMs: at(0.5),
  p99Ms: at(0.99),
  wrong,
  total,
});
