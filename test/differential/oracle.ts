import type { Bindings } from '../../src/domain/binding.js';
import type { Identity } from '../../src/domain/identity.js';
import { LEVELS, type Level } from '../../src/domain/role.js';
import type { Rule } from '../../src/domain/route.js';
import { createGate, type Gate } from '../../src/gate/gate.js';
import type { GatedService } from '../../src/gate/service.js';
import { parseTarget } from '../../src/policy/target/parse.js';
import { queryPairs } from '../../src/policy/target/query.js';
import { release } from '../catalog/catalogs.js';
import { isCatchAll, targetsOf } from '../catalog/tables.js';
import type { Case, Seen } from './routers.js';
import type { ServedRow, Stack } from './stacks.js';

/** What the gateway would do with one request. */
export interface Judgement {
  /** Levels that are let through, lowest first. */
  readonly allowed: readonly Level[];
  /** The exact bytes that would be written upstream; undefined where nobody is let through. */
  readonly forwarded: string | undefined;
  readonly rule: Rule | undefined;
}

export interface Oracle {
  judge(one: Case): Judgement;
  /** Says what is wrong between the two; undefined where they agree. */
  disagreement(one: Case, judged: Judgement, seen: Seen): string | undefined;
}

const CALLER: Identity = {
  kind: 'authenticated',
  principal: { kind: 'user', id: 'somebody', email: undefined, name: undefined, groups: [] },
  credential: 'bearer',
  claims: {},
  expiresAt: undefined,
};

/** The gate as the product builds it, for one server, and the laws its answers have to keep. */
export function createOracle(stack: Stack): Oracle {
  const { routes, grants, allowed } = release(stack.product, stack.version);
  const service: GatedService = {
    deployment: 'quasar',
    workspace: 'space',
    service: stack.product,
    host: undefined,
    path: stack.prefix || '/',
    routes,
    grants,
    openRules: new Set(),
    origins: ['http://localhost'],
  };
  const gate = createGate({
    services: [service],
    authenticate: async () => CALLER,
    bindingsOf: async () => boundAs('VIEWER'),
  });
  const verdicts = stack.rows.map((row) => verdictOf(row, allowed));

  return {
    judge: ([method, target]) => judge(gate, method, target),
    disagreement([method], judged, seen) {
      const { forwarded, rule } = judged;
      if (forwarded === undefined) return undefined;
      const faithful = unfaithful(forwarded, seen, stack);
      if (faithful !== undefined) return `law 2: ${faithful}`;
      if (seen.row === null) return undefined;
      const row = stack.rows[seen.row];
      const verdict = row && verdicts[seen.row]?.get(method === 'HEAD' ? 'GET' : method);
      if (row === undefined || verdict === undefined)
        return `law 1: row ${seen.row} has no verdict for ${method}`;
      if (verdict === 'catch-all') return undefined;
      const gained = judged.allowed.filter((level) => !verdict.includes(level));
      return gained.length === 0
        ? undefined
        : `law 1: ${gained} may send ${method} ${forwarded} (rule \`${rule?.id}\`), which runs ${row.path}, open to ${verdict.join() || 'nobody'}`;
    },
  };
}

function judge(gate: Gate<GatedService>, method: string, target: string): Judgement {
  const reading = gate.read('localhost', target);
  const request = { requestId: 'r', method, headers: [], sourceIp: undefined };
  const outcomes = LEVELS.map((level) => ({
    level,
    outcome: gate.judgeAs(request, reading, CALLER, boundAs(level)).outcome,
  }));
  const allowed = outcomes.filter(({ outcome }) => outcome.decision.kind === 'allow');
  const [first] = allowed;
  return {
    allowed: allowed.map(({ level }) => level),
    forwarded: first?.outcome.target,
    rule: first?.outcome.decision.rule,
  };
}

function boundAs(level: Level): Bindings {
  return { bindings: [{ scope: 'WORKSPACE', id: 'space', level, source: 'test' }], unavailable: [] };
}

/** One static page for any path below it, the same for everybody: SimpleAuthManager's, without its data. */
const PAGE_SHELL = /\{rest_of_path:path\}$/;

type Verdict = readonly Level[] | 'catch-all';

/** Who may run a row, by the row's own pattern: what `matrix` prints for it, not what our match of the request says. */
function verdictOf(
  row: ServedRow,
  allowed: (method: string, target: string) => readonly Level[],
): ReadonlyMap<string, Verdict> {
  const full = {
    ...row,
    path: row.path.replace(/\/\?$/, ''),
    needs: [],
    denied: false,
    app: row.app ?? undefined,
  };
  return new Map(
    row.methods.map((method): readonly [string, Verdict] => {
      if (isCatchAll(full) || PAGE_SHELL.test(row.path)) return [method, 'catch-all'];
      const each = targetsOf(full).map((target) => allowed(method, target));
      return [method, LEVELS.filter((level) => each.every((levels) => levels.includes(level)))];
    }),
  );
}

/** Whether the server read the bytes as we did. */
function unfaithful(forwarded: string, seen: Seen, stack: Stack): string | undefined {
  const parsed = parseTarget(forwarded);
  if (parsed.kind === 'ambiguous') return `\`${forwarded}\` is not canonical: ${parsed.detail}`;
  if (seen.path === null) return `the server refuses \`${forwarded}\`: ${seen.why}`;
  const { segments, trailingSlash, query } = parsed.target;
  const ours = `/${segments.map(({ parts }) => parts.join('/')).join('/')}${trailingSlash ? '/' : ''}`;
  // Tornado compares the bytes as they came.
  const [raw = ''] = forwarded.split('?');
  const expected = stack.parser === 'tornado' ? raw : ours;
  if (seen.path !== expected) return `\`${forwarded}\` is \`${seen.path}\` there, \`${expected}\` here`;
  const keys = [...new Set(queryPairs(query).map(({ key }) => key))].sort();
  return keys.join('\n') === [...seen.keys].sort().join('\n')
    ? undefined
    : `the query of \`${forwarded}\` has the keys ${JSON.stringify(seen.keys)} there, ${JSON.stringify(keys)} here`;
}
