import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderConfigurationDocs, renderJsonSchema } from '../../src/config/generate.js';
import { inputSchemaOf } from '../../src/config/input-schema.js';
import type { JsonNode } from '../../src/config/json-node.js';
import { configuration } from '../../src/config/schema/configuration.js';

describe('what is made from the schema', () => {
  it.each([
    { file: 'config/schema.json', made: renderJsonSchema() },
    { file: 'docs/configuration.md', made: renderConfigurationDocs() },
  ])('$file is in step with it', ({ file, made }) => {
    if (readFileSync(file, 'utf8') !== made)
      throw new Error(`${file} is not what the schema makes; run \`npm run docs\``);
  });

  it('the JSON Schema offers a file for every secret and takes one of the two', () => {
    const schema: JsonNode = JSON.parse(renderJsonSchema());
    const flower = schema.properties?.deployments?.items?.properties?.flower;
    const basic = flower?.properties?.identity?.oneOf?.find(
      (branch) => branch.properties?.profile?.const === 'basic',
    );
    expect(Object.keys(basic?.properties ?? {})).toEqual(['profile', 'username', 'password', 'passwordFile']);
    expect(basic?.allOf).toEqual([{ oneOf: [{ required: ['password'] }, { required: ['passwordFile'] }] }]);
  });

  it('the documentation has a row for every key', () => {
    const docs = renderConfigurationDocs();
    const missing = keysOf(inputSchemaOf(configuration)).filter(
      (key) => !docs.includes(key) && !docs.includes(`## ${key.slice(0, -1)}\n`),
    );
    expect(missing).toEqual([]);
    expect(docs).toContain('| `server.listen` | text | `"127.0.0.1:8084"` | Address of the public door. |');
  });

  it('every key has a meaning', () => {
    const silent: string[] = [];
    walk(inputSchemaOf(configuration), (name, node) => {
      if (node.const === undefined && node.description === undefined) silent.push(name);
    });
    expect(silent).toEqual([]);
  });
});

function keysOf(root: JsonNode): string[] {
  const keys: string[] = [];
  walk(root, (name, node) => {
    if (node.const === undefined) keys.push(`${name}\``);
  });
  return keys;
}

function walk(node: JsonNode, visit: (name: string, node: JsonNode) => void): void {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    visit(name, child);
    walk(child, visit);
  }
  const below = [
    ...Object.values(node.$defs ?? {}),
    ...(node.oneOf ?? []),
    ...(node.anyOf ?? []),
    ...(node.items ? [node.items] : []),
  ];
  for (const child of below) walk(child, visit);
}
