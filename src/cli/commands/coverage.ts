import type { Command } from 'commander';
import type { Assertion } from '../../domain/assertion.js';
import type { ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { formatVersion } from '../../domain/version.js';
import { composeAssertions } from '../compose/assertions.js';
import { load } from '../compose/load.js';
import { type ConfiguredService, composeServices } from '../compose/services.js';
import { askUpstream } from '../inventory/ask-upstream.js';
import { readLinks, readOpenApi } from '../inventory/read-routes.js';
import { type Source, sourcesOf } from '../inventory/sources.js';
import {
  renderSuggestions,
  type SuggestedRule,
  suggestRules,
  type UnknownRoute,
} from '../inventory/suggest-rules.js';
import { createRouteJudge } from '../matrix/judge-routes.js';
import type { RouteRow } from '../matrix/route-file.js';

export interface CoverageOptions {
  readonly config: string;
  readonly deployment: string;
  readonly service: ServiceKind;
}

/** What `coverage --json` prints. */
export interface Coverage {
  readonly deployment: string;
  readonly service: ServiceKind;
  readonly version: string;
  /** Every place that was asked; `status` null where nobody answered. */
  readonly asked: readonly {
    readonly path: string;
    readonly status: number | null;
    readonly routes: number;
  }[];
  /** Methods of paths that the running service lists. */
  readonly routes: number;
  readonly unknown: readonly UnknownRoute[];
  readonly rules: readonly SuggestedRule[];
}

type Print = (text: string) => void;

export function addCoverageCommand(
  program: Command,
  print: Print,
  readService: (value: string) => ServiceKind,
): void {
  program
    .command('coverage')
    .description(
      'Ask a running Airflow which routes it has; list those the catalog does not know, with a safe rule.',
    )
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--deployment <id>', 'Deployment')
    .option('--service <service>', 'airflow or flower', readService, 'airflow' as const)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      '\nAsks as Admin, under the name service-account:airflow-auth-proxy-coverage; Airflow 1.10 and 2 keep a user of that name.\n\nExample:\n  airflow-auth-proxy coverage --config gateway.yaml --deployment quasarian-sun-1234',
    )
    .action(async ({ json, ...options }: CoverageOptions & { json: boolean }) => {
      const found = await coverage(options);
      print(json ? JSON.stringify(found) : renderCoverage(found));
    });
}

const CALLER = {
  kind: 'service-account',
  id: 'airflow-auth-proxy-coverage',
  email: undefined,
  name: 'airflow-auth-proxy coverage',
  groups: [],
} as const;

/**
 * Reads what the service says of itself (OpenAPI; before Airflow 3 and for Flower the links of its front page) and
 * judges it by the catalog. Sends nothing but these GETs.
 *
 * @throws {AuthProxyError} `config` for an unknown service, `upstream` where no place lists a route
 */
export async function coverage(options: CoverageOptions): Promise<Coverage> {
  const { config, catalogs } = await load(options.config);
  const services = composeServices(config, catalogs);
  const service = services.find(
    (one) => one.deployment === options.deployment && one.service === options.service,
  );
  if (service === undefined)
    throw new AuthProxyError(
      'config',
      `deployment \`${options.deployment}\` has no service \`${options.service}\`; name one of the configuration`,
    );
  const assertions = await composeAssertions(config, [service]);
  const answers = await askAll(service, assertions.of(service));
  const listed = answers.flatMap(({ rows }) => rows ?? []);
  if (listed.length === 0) {
    const said = answers.map(({ path, said }) => `\`${path}\`: ${said}`).join(', ');
    throw new AuthProxyError(
      'upstream',
      `${service.config.upstream} lists no routes (${said}); start it, or see what \`check --live\` says`,
    );
  }
  const rows = createRouteJudge([{ ...service, path: '/', host: undefined }]).tableRows(listed);
  const unknown = rows.filter(({ rule }) => rule === undefined).map(({ method, path }) => ({ method, path }));
  return {
    deployment: service.deployment,
    service: service.service,
    version: formatVersion(service.version),
    asked: answers.map(({ path, status, rows: own }) => ({ path, status, routes: own?.length ?? 0 })),
    routes: rows.length,
    unknown,
    rules: suggestRules(unknown, service),
  };
}

interface SourceAnswer {
  readonly path: string;
  readonly status: number | null;
  readonly said: string;
  readonly rows: readonly RouteRow[] | undefined;
}

async function askAll(service: ConfiguredService, assertion: Assertion): Promise<SourceAnswer[]> {
  const identity = await assertion.assert({ principal: CALLER, role: 'Admin' });
  const host = new URL(service.origins[0] ?? service.config.upstream).host;
  const base = `${service.config.upstream}${service.path === '/' ? '' : service.path}`;
  const answers: SourceAnswer[] = [];
  for (const source of sourcesOf(service.service, service.version)) {
    const accept = source.kind === 'openapi' ? 'application/json' : 'text/html';
    const answer = await askUpstream(`${base}${source.path}`, {
      accept,
      host,
      ...Object.fromEntries(identity),
    });
    answers.push(
      answer.kind === 'failed'
        ? { path: source.path, status: null, said: answer.cause, rows: undefined }
        : {
            path: source.path,
            status: answer.status,
            said: `status ${answer.status}`,
            rows: answer.status === 200 ? rowsOf(source, answer.body, service) : undefined,
          },
    );
  }
  return answers;
}

function rowsOf({ kind, path }: Source, body: string, service: ConfiguredService) {
  switch (kind) {
    case 'openapi':
      return readOpenApi(body, path.slice(0, path.lastIndexOf('/')));
    case 'page':
      return readLinks(body, service.path, service.origins);
    default:
      return kind satisfies never;
  }
}

export function renderCoverage({
  deployment,
  service,
  version,
  asked,
  routes,
  unknown,
  rules,
}: Coverage): string {
  const sources = asked.map(
    ({ path, status, routes: count }) =>
      `  ${path}  ${status ?? 'no answer'}${count === 0 ? ', no list of routes' : `, ${count} paths`}`,
  );
  const head = [`deployment \`${deployment}\` ${service} ${version}`, ...sources];
  if (unknown.length === 0) return [...head, `${routes} listed, none unknown to the catalog`].join('\n');
  const line = version.split('.').slice(0, 2).join('.');
  return [
    ...head,
    `${routes} listed, ${unknown.length} unknown and denied to everybody:`,
    ...unknown.map(({ method, path }) => `  ${method} ${path}`),
    '',
    'Safe rules to begin with, under the service in the configuration:',
    '',
    renderSuggestions(rules, line),
  ].join('\n');
}
