import fc from 'fast-check';
import { type Recipe, recipe, simpler, write } from './grammar.js';
import type { Oracle } from './oracle.js';
import { createOracle } from './oracle.js';
import type { Case, Routers, Seen } from './routers.js';
import type { Stack } from './stacks.js';

/** How much of a run really met the two sides; a rig that compares nothing would always agree. */
export interface Tally {
  cases: number;
  /** Allowed to at least one level, so written upstream. */
  forwarded: number;
  /** Of those, the ones for which the server has a route. */
  matched: number;
  readonly disagreements: Disagreement[];
}

export interface Disagreement {
  readonly stack: string;
  readonly seed: number;
  readonly method: string;
  readonly target: string;
  readonly message: string;
}

/** Judges `count` requests against one server. Everything follows from the seed. */
export async function fuzzStack(
  routers: Routers,
  stack: Stack,
  options: { readonly count: number; readonly seed: number; readonly oracle?: Oracle },
): Promise<Tally> {
  const oracle = options.oracle ?? createOracle(stack);
  const tally: Tally = { cases: 0, forwarded: 0, matched: 0, disagreements: [] };
  const recipes = fc.sample(recipe, { numRuns: options.count, seed: options.seed });
  const judged = recipes.map((one) => {
    const sent = write(one, stack);
    return { one, sent, judgement: oracle.judge(sent) };
  });
  const open = judged.filter(({ judgement }) => judgement.forwarded !== undefined);
  const seen = await routers.see(
    stack,
    open.map(({ sent, judgement }) => [sent[0], judgement.forwarded ?? '']),
  );
  tally.cases = judged.length;
  tally.forwarded = open.length;
  for (const [index, { one, sent, judgement }] of open.entries()) {
    const answer = seen[index] as Seen;
    if (answer.row !== null) tally.matched++;
    const message = oracle.disagreement(sent, judgement, answer);
    if (message === undefined) continue;
    const smallest = await shrink(one, async (candidate) =>
      check(routers, stack, oracle, write(candidate, stack)),
    );
    const [method, target] = write(smallest.recipe, stack);
    tally.disagreements.push({
      stack: stack.name,
      seed: options.seed,
      method,
      target,
      message: smallest.message ?? message,
    });
    if (tally.disagreements.length >= 20) break;
  }
  return tally;
}

/** One request against one server. */
export async function check(
  routers: Routers,
  stack: Stack,
  oracle: Oracle,
  sent: Case,
): Promise<string | undefined> {
  const judgement = oracle.judge(sent);
  if (judgement.forwarded === undefined) return undefined;
  const [seen] = await routers.see(stack, [[sent[0], judgement.forwarded]]);
  return seen && oracle.disagreement(sent, judgement, seen);
}

async function shrink(
  first: Recipe,
  failing: (candidate: Recipe) => Promise<string | undefined>,
): Promise<{ recipe: Recipe; message: string | undefined }> {
  let best = { recipe: first, message: await failing(first) };
  for (let round = 0; round < 100; round++) {
    let found: typeof best | undefined;
    for (const candidate of simpler(best.recipe)) {
      const message = await failing(candidate);
      if (message === undefined) continue;
      found = { recipe: candidate, message };
      break;
    }
    if (found === undefined) return best;
    best = found;
  }
  return best;
}
