import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Config } from '../../config/config.js';
import type { Catalogs } from '../../config/load-catalogs.js';
import type { ServiceKind } from '../../domain/deployment.js';
import { AuthProxyError } from '../../domain/errors.js';
import { parseVersion, type Version } from '../../domain/version.js';
import type { CatalogRule } from '../../policy/catalog-rule.js';
import { createCatalogService } from '../compose/catalog-service.js';
import { load, shippedCatalogs } from '../compose/load.js';
import { createRouteJudge } from '../matrix/judge-routes.js';
import { readKnownVersion } from '../matrix/known-version.js';
import { FORMATS, type Format, renderRows } from '../matrix/render-rows.js';
import { type RouteFile, readRouteFile } from '../matrix/route-file.js';

export interface MatrixOptions {
  readonly airflow?: string;
  readonly flower?: string;
  readonly config?: string;
  readonly routes?: string;
  readonly format: Format;
}

export interface Matrix {
  readonly text: string;
  readonly warnings: readonly string[];
}

type Print = (text: string) => void;

export function addMatrixCommand(program: Command, print: Print): void {
  program
    .command('matrix')
    .description('Print who may do what: a row for every route, a column for every role.')
    .option('--airflow <version>', 'like 2.11 or 3.3.2; with --flower: the Airflow beside it')
    .option('--flower <version>', 'like 2.2')
    .option('--config <file>', 'apply its permissions: and the extraRoutes of Deployments of that version')
    .option('--routes <file>', 'judge the rows of a route table instead of those of the catalog')
    .addOption(new Option('--format <format>', 'form of the output').choices(FORMATS).default('table'))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .addHelpText(
      'after',
      '\nExamples:\n  airflow-auth-proxy matrix --airflow 3.3\n  airflow-auth-proxy matrix --flower 2.2 --airflow 3.3 --format markdown\n  airflow-auth-proxy matrix --airflow 2.11 --routes routes.json --json',
    )
    .action(async ({ json, ...options }: MatrixOptions & { json?: true }) => {
      const { text, warnings } = await matrix(json ? { ...options, format: 'json' } : options);
      for (const warning of warnings) process.stderr.write(`${warning} (warning)\n`);
      print(text);
    });
}

/**
 * Role × route for one version, with or without a configuration.
 *
 * @throws {AuthProxyError} `config` for a version or route file that is none, {@link FaultsError} for a bad configuration
 */
export async function matrix(options: MatrixOptions): Promise<Matrix> {
  const { config, catalogs } = await loadParts(options.config);
  const file = options.routes === undefined ? undefined : readRoutes(options.routes);
  const written = versionsOf(options, file);
  const kind: ServiceKind = written.flower === undefined ? 'airflow' : 'flower';
  const known = {
    airflow: readVersion('airflow', written.airflow, catalogs),
    flower: readVersion('flower', written.flower, catalogs),
  };
  const versions = { airflow: known.airflow?.version, flower: known.flower?.version };
  const base = { catalogs, kind, versions, overrides: config?.permissions ?? {} };
  const judge = createRouteJudge([
    createCatalogService(base),
    ...extraRulesOf(config, kind, versions[kind]).map((extraRules) =>
      createCatalogService({ ...base, extraRules }),
    ),
  ]);
  const rows = file === undefined ? judge.catalogRows() : judge.tableRows(file.rows);
  return {
    text: renderRows(rows, options.format),
    warnings: [known.airflow?.warning, known.flower?.warning].filter((text) => text !== undefined),
  };
}

async function loadParts(
  file: string | undefined,
): Promise<{ config: Config | undefined; catalogs: Catalogs }> {
  if (file !== undefined) return load(file);
  return { config: undefined, catalogs: shippedCatalogs() };
}

function readRoutes(file: string): RouteFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AuthProxyError('config', `route file \`${file}\` cannot be read; name a file that exists`, {
      cause,
    });
  }
  return readRouteFile(text, file);
}

/** A route table says itself what it was read from. */
function versionsOf({ airflow, flower }: MatrixOptions, file: RouteFile | undefined) {
  if (airflow !== undefined || flower !== undefined) return { airflow, flower };
  if (file?.product === 'airflow') return { airflow: file.version, flower: undefined };
  if (file?.product === 'flower') return { airflow: undefined, flower: file.version };
  throw new AuthProxyError('config', 'no version was given; add --airflow 3.3 or --flower 2.2');
}

function readVersion(kind: ServiceKind, written: string | undefined, catalogs: Catalogs) {
  return written === undefined ? undefined : readKnownVersion(kind, written, catalogs[kind].versions);
}

/** The extra routes of every Deployment whose service may be of this version, each list by itself. */
function extraRulesOf(
  config: Config | undefined,
  kind: ServiceKind,
  version: Version | undefined,
): readonly (readonly CatalogRule[])[] {
  const lists = config?.deployments.flatMap((deployment) => {
    const service = deployment[kind];
    const own = service && parseVersion(service.version);
    return service === undefined || own === undefined || !mayBe(own, version) ? [] : [service.extraRoutes];
  });
  return lists?.filter((rules) => rules.length > 0) ?? [];
}

/** `2.11` stands for each of its patches. */
function mayBe(own: Version, asked: Version | undefined): boolean {
  return (
    asked !== undefined &&
    own.major === asked.major &&
    own.minor === asked.minor &&
    (own.patch === undefined || asked.patch === undefined || own.patch === asked.patch)
  );
}
