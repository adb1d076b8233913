import { afterAll, describe, expect, it } from '@jest/globals';
import { LEVELS } from '../../src/domain/role.js';
import { fuzzStack, type Tally } from './fuzz.js';
import { createOracle, type Oracle } from './oracle.js';
import { createRouters } from './routers.js';
import { STACKS, type Stack } from './stacks.js';

/**
 * Needs Python 3.8 and 3.11 and, the first time, a package index; so it runs by `npm run test:differential` and
 * `npm run fuzz`, not with the unit tests.
 */
const asked = process.env.AUTH_PROXY_DIFFERENTIAL;
const minutes = Number(process.env.AUTH_PROXY_FUZZ_MINUTES ?? 0);
const CASES = Number(process.env.AUTH_PROXY_FUZZ_CASES ?? 120_000);
const seed = Number(process.env.AUTH_PROXY_FUZZ_SEED ?? Date.now() % 2 ** 31);

const suite = asked === undefined ? describe.skip : describe;
const BATCH = 600;

suite('law: no bypass, asked of the routers that run upstream (npm run test:differential)', () => {
  const routers = createRouters();
  afterAll(() => routers.close());

  it(
    `agrees with ${STACKS.length} servers`,
    async () => {
      const totals = new Map<string, Tally>();
      const until = Date.now() + minutes * 60_000;
      let round = 0;
      let cases = 0;
      while (minutes > 0 ? Date.now() < until : cases < CASES) {
        const batch = await inLanes((stack, index) =>
          fuzzStack(routers, stack, { count: BATCH, seed: (seed + round * 1009 + index) % 2 ** 31 }),
        );
        for (const [stack, tally] of batch) {
          cases += tally.cases;
          totals.set(stack.parser, add(totals.get(stack.parser), tally));
        }
        round++;
      }
      const all = [...totals.values()];
      report(totals);
      expect(all.flatMap((tally) => tally.disagreements)).toEqual([]);
      for (const tally of all) expect(tally.matched).toBeGreaterThan(tally.cases / 20);
    },
    Math.max(10, minutes + 10) * 60_000,
  );

  describe.each(['gunicorn', 'httptools', 'h11', 'tornado'] as const)('with %s', (parser) => {
    const stack = STACKS.find((one) => one.parser === parser && one.prefix !== '') as Stack;
    const disagreements = async (wrong: (oracle: Oracle) => Oracle) => {
      const tally = await fuzzStack(routers, stack, {
        count: 3000,
        seed: 7,
        oracle: wrong(createOracle(stack)),
      });
      return tally.disagreements.map(({ message }) => message.slice(0, 5));
    };

    it('notices a gateway that judges one reading and forwards what came', async () => {
      expect(await disagreements(forwardingWhatCame)).toContain('law 2');
    }, 120_000);

    it('notices a gateway that lets everybody through where somebody may', async () => {
      expect(await disagreements(lettingEverybodyThrough)).toContain('law 1');
    }, 120_000);
  });

  /** One lane an environment: each is one Python process, and they work side by side. */
  async function inLanes(
    run: (stack: Stack, index: number) => Promise<Tally>,
  ): Promise<(readonly [Stack, Tally])[]> {
    const numbered = STACKS.map((stack, index) => ({ stack, index }));
    const lanes = new Set(STACKS.map(({ environment }) => environment));
    const done = await Promise.all(
      [...lanes].map(async (lane) => {
        const tallies: (readonly [Stack, Tally])[] = [];
        for (const { stack, index } of numbered.filter((one) => one.stack.environment === lane)) {
          tallies.push([stack, await run(stack, index)]);
        }
        return tallies;
      }),
    );
    return done.flat();
  }
});

/** The mistake behind most of the advisories: judged on one reading, forwarded as it came. */
function forwardingWhatCame({ judge, disagreement }: Oracle): Oracle {
  return {
    disagreement,
    judge([method, target]) {
      if (!URL.canParse(target, 'http://localhost')) return judge([method, target]);
      const judged = judge([method, new URL(target, 'http://localhost').pathname]);
      return { ...judged, forwarded: judged.forwarded === undefined ? undefined : target };
    },
  };
}

function lettingEverybodyThrough({ judge, disagreement }: Oracle): Oracle {
  return {
    disagreement,
    judge(one) {
      const judged = judge(one);
      return judged.forwarded === undefined ? judged : { ...judged, allowed: LEVELS };
    },
  };
}

function add(a: Tally | undefined, b: Tally): Tally {
  return {
    cases: (a?.cases ?? 0) + b.cases,
    forwarded: (a?.forwarded ?? 0) + b.forwarded,
    matched: (a?.matched ?? 0) + b.matched,
    disagreements: [...(a?.disagreements ?? []), ...b.disagreements],
  };
}

function report(totals: ReadonlyMap<string, Tally>): void {
  const lines = [...totals].map(
    ([parser, { cases, forwarded, matched, disagreements }]) =>
      `${parser.padEnd(10)} ${cases} cases, ${forwarded} forwarded, ${matched} with a route there, ${disagreements.length} disagreements`,
  );
  process.stdout.write(`differential, seed ${seed}\n  ${lines.join('\n  ')}\n`);
}
