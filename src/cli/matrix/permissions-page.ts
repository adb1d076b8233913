import type { Catalogs } from '../../config/load-catalogs.js';
import { SERVICES, type ServiceKind } from '../../domain/deployment.js';
import { PERMISSIONS, type Permission } from '../../domain/permission.js';
import { LEVELS } from '../../domain/role.js';
import { formatVersion } from '../../domain/version.js';
import { PERMISSION_WORDS } from '../../http/answers/permission-words.js';
import type { CatalogRule } from '../../policy/catalog-rule.js';
import { type Cell, cellsOf } from './version-cells.js';

/** `docs/permissions.md`: who may do what, and the rules of the catalog that ask for it. */
export function renderPermissionsPage(catalogs: Catalogs): string {
  const asked = new Set(SERVICES.flatMap((kind) => catalogs[kind].rules).flatMap((rule) => rule.permissions));
  const permissions = PERMISSIONS.filter((permission) => asked.has(permission));
  return `${[
    INTRODUCTION,
    '## Who may do what',
    ...SERVICES.flatMap((kind) => [`### ${TITLES[kind]}`, renderTable(catalogs, ofKind(permissions, kind))]),
    '## Exceptions',
    renderAdvisories(catalogs),
    renderNever(catalogs),
    '## Rules by permission',
    'A rule that asks for several permissions asks for all of them and stands under each, marked `+`.',
    ...SERVICES.map((kind) => renderRules(catalogs, ofKind(permissions, kind), kind)),
  ].join('\n\n')}\n`;
}

const INTRODUCTION = `# Permissions

<!-- Made from config/catalog and the table in src/policy/grants.ts by \`npm run docs\`; do not edit. -->

Every route of every known version of Airflow and Flower is named by one rule of the [catalog](../config/catalog), and
every rule asks for permissions. This page says who holds them by default; \`permissions:\` in the
[configuration](configuration.md) changes single cells. What no rule names is denied to everybody. All routes of one version:
\`airflow-auth-proxy matrix --airflow 3.3\`. Permissions are written here without \`deployment.airflow.\` and
\`deployment.flower.\`; those that no route asks for are left out.`;

const TITLES = { airflow: 'Airflow', flower: 'Flower' } as const satisfies Record<ServiceKind, string>;

/** Verbs of one noun that the same roles hold stand in one row. */
function renderTable(catalogs: Catalogs, permissions: readonly Permission[]): string {
  const cells = cellsOf(catalogs);
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const levels = cells(permission);
    const held = LEVELS.map((level) => renderCell(levels[level], permission)).join(' | ');
    const key = `${nounOf(permission)} ${held}`;
    groups.set(key, [...(groups.get(key) ?? []), permission]);
  }
  const rows = [...groups].map(([key, group]) => {
    const names = group.map((permission) => `\`${shortOf(permission)}\``).join(' ');
    return `| ${names} | ${wordsOf(group)} | ${key.slice(key.indexOf(' ') + 1)} |`;
  });
  return [
    `| permission | to … | ${LEVELS.join(' | ')} |`,
    `|---|---|${LEVELS.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}

/** "view, create connections" where only the verb differs. */
function wordsOf(group: readonly Permission[]): string {
  const words = group.map((permission) => PERMISSION_WORDS[permission]);
  const things = new Set(words.map((text) => text.slice(text.indexOf(' ') + 1)));
  const [thing] = things;
  if (things.size > 1 || thing === undefined) return words.join('; ');
  return `${words.map((text) => text.slice(0, text.indexOf(' '))).join(', ')} ${thing}`;
}

function nounOf(permission: Permission): string {
  return permission.slice(0, permission.lastIndexOf('.'));
}

function renderCell({ held, except }: Cell, permission: Permission): string {
  const usual = held ? 'yes' : '–';
  if (except === '') return usual;
  const where = permission.startsWith('deployment.flower.') ? `beside Airflow ${except}` : `in ${except}`;
  return `${usual}; ${held ? 'not' : 'yes'} ${where}`;
}

/** A published advisory that a rule stands in for until the release that fixed it. */
function renderAdvisories(catalogs: Catalogs): string {
  const rows = SERVICES.flatMap((kind) =>
    catalogs[kind].rules
      .filter(({ advisory }) => advisory !== undefined)
      .map(
        (rule) =>
          `| ${rule.advisory} | ${TITLES[kind]} ${rangeOf(rule)} | \`${rule.id}\` | ${demandOf(rule)} | ${rule.why} |`,
      ),
  );
  const head = '### Raised by advisories\n\n';
  if (rows.length === 0) return `${head}None: see [advisories](advisories.md).`;
  return [
    `${head}Until the release that fixed it, a rule asks for more. All of them: [advisories](advisories.md).`,
    '',
    '| advisory | versions | rule | asks for | why |',
    '|---|---|---|---|---|',
    ...rows.sort(),
  ].join('\n');
}

/** Rules of one reason are one row, whatever versions they are written for. */
function renderNever(catalogs: Catalogs): string {
  const rows = new Map<string, { ids: Set<string>; families: Set<string> }>();
  for (const kind of SERVICES) {
    for (const rule of catalogs[kind].rules.filter(({ never }) => never)) {
      const row = rows.get(rule.why) ?? { ids: new Set(), families: new Set() };
      row.ids.add(`\`${rule.id}\``);
      row.families.add(familyOf(kind, rule));
      rows.set(rule.why, row);
    }
  }
  const lines = [...rows].map(
    ([why, { ids, families }]) => `| ${[...ids].sort().join(', ')} | ${why} | ${[...families].join(', ')} |`,
  );
  return ['### Forwarded for nobody\n', '| rules | why | in |', '|---|---|---|', ...lines.sort()].join('\n');
}

function renderRules(catalogs: Catalogs, permissions: readonly Permission[], kind: ServiceKind): string {
  const lines = permissions.map((permission) => {
    const families = new Map<string, Set<string>>();
    for (const rule of catalogs[kind].rules.filter((one) => one.permissions.includes(permission))) {
      const family = familyOf(kind, rule);
      const name = `\`${rule.id}\`${rule.permissions.length > 1 ? '+' : ''}`;
      families.set(family, (families.get(family) ?? new Set()).add(name));
    }
    const parts = [...families].map(([family, ids]) => `  - ${family}: ${[...ids].sort().join(', ')}`);
    return [`- **${shortOf(permission)}**`, ...parts].join('\n');
  });
  return [`### Rules of ${TITLES[kind]}\n`, ...lines].join('\n');
}

/** The catalog's files are one for each major line. */
function familyOf(kind: ServiceKind, { since }: CatalogRule): string {
  if (kind === 'flower' || since === undefined) return TITLES[kind];
  return `${TITLES[kind]} ${since.major === 1 ? '1.10' : since.major}`;
}

function rangeOf({ since, until }: CatalogRule): string {
  const from = since === undefined ? '' : `from ${formatVersion(since)}`;
  const to = until === undefined ? '' : `before ${formatVersion(until)}`;
  return [from, to].filter((text) => text !== '').join(' ') || 'all';
}

function demandOf({ permissions, never }: CatalogRule): string {
  return never ? 'nobody may' : permissions.map((permission) => `\`${shortOf(permission)}\``).join(' + ');
}

function shortOf(permission: Permission): string {
  return permission.split('.').slice(2).join('.');
}

function ofKind(permissions: readonly Permission[], kind: ServiceKind): Permission[] {
  return permissions.filter((permission) => permission.startsWith(`deployment.${kind}.`));
}
