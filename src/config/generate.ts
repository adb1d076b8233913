import { inputSchemaOf } from './input-schema.js';
import type { JsonNode } from './json-node.js';
import { renderJson } from './render-json.js';
import { renderSection } from './render-section.js';
import { configuration } from './schema/configuration.js';

/** `config/schema.json`: the JSON Schema of the configuration file, for editors. */
export function renderJsonSchema(): string {
  return `${renderJson(inputSchemaOf(configuration))}\n`;
}

/** `docs/configuration.md`: every key with its type, default and meaning. */
export function renderConfigurationDocs(): string {
  const root = inputSchemaOf(configuration);
  const sections = Object.entries(root.properties ?? {}).map(([key, node]) => renderSection(root, key, node));
  const shared = root.$defs?.ExtraRoute;
  const rules = shared === undefined ? [] : [renderSection(root, 'extraRoutes[]', shared)];
  return `${[INTRODUCTION, ...sections, ...rules, renderVocabulary(root)].join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

<!-- Made from the schema in src/config by \`npm run docs\`; do not edit. -->

One YAML file, given with \`--config\`. Keys are camelCase; an unknown key is an error. \`airflow-auth-proxy check --config FILE\`
prints every fault with its line. Editors can check while you write: [\`config/schema.json\`](../config/schema.json) is the
JSON Schema, [\`config/examples\`](../config/examples) are whole files.

- **Environment.** \`AUTH_PROXY__SERVER__ADMIN_LISTEN=…\` overrides \`server.adminListen\`: two underscores go one level down,
  a number is a place in a list (\`AUTH_PROXY__DEPLOYMENTS__0__ID\`; the next free number appends). Values are read as YAML
  where the key wants something else than text: \`AUTH_PROXY__SERVER__TRUSTED_PROXIES='[10.0.0.0/8]'\`.
- **Secrets.** Any secret may be given as \`<key>File\`, the path of a file that holds it; one final newline is not part of
  it. An environment variable of one form replaces both forms in the file.
- **Paths.** Relative paths are relative to the configuration file.
- **Versions** are text: quote them, or YAML reads \`3.10\` as the number 3.1.`;

/** Permissions by product and noun: the list itself would be a page. */
function renderVocabulary(root: JsonNode): string {
  const nouns = new Map<string, Set<string>>();
  const verbs = new Set<string>();
  for (const name of root.$defs?.Permission?.enum ?? []) {
    const [, product = '', noun = '', verb = ''] = String(name).split('.');
    nouns.set(product, (nouns.get(product) ?? new Set()).add(noun));
    verbs.add(verb);
  }
  const quote = (words: Iterable<string>) => [...words].map((word) => `\`${word}\``).join(', ');
  const roles = root.properties?.permissions?.propertyNames?.enum ?? [];
  const lines = [...nouns].map(
    ([product, names]) => `- \`deployment.${product}.<noun>.<verb>\`, nouns: ${quote(names)}`,
  );
  return [
    '## Roles and permissions',
    `Roles: ${quote(roles.map(String))}.`,
    `Permissions, each with the verbs ${quote(verbs)}:`,
    lines.join('\n'),
  ].join('\n\n');
}
