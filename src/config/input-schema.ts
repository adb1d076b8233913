import * as z from 'zod';
import type { JsonNode } from './json-node.js';

/**
 * The JSON Schema of what a person may write for a zod schema, the `<key>File` form of every secret included.
 * Loading, the published schema and the documentation all read this one tree.
 */
export function inputSchemaOf(schema: z.ZodType): JsonNode {
  const root = z.toJSONSchema(schema, { io: 'input' }) as JsonNode;
  visit(root, offerFiles);
  return root;
}

function visit(node: JsonNode, change: (node: JsonNode) => void): void {
  change(node);
  const below = [
    ...Object.values(node.properties ?? {}),
    ...Object.values(node.$defs ?? {}),
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    node.items,
    node.propertyNames,
    typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined,
  ];
  for (const child of below) if (child !== undefined) visit(child, change);
}

function offerFiles(node: JsonNode): void {
  const properties: Record<string, JsonNode> = {};
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    properties[key] = child;
    if (child['x-secret'] !== true) continue;
    const fileKey = `${key}File`;
    properties[fileKey] = {
      type: 'string',
      minLength: 1,
      description: `File that holds \`${key}\`; one final newline is not part of it.`,
    };
    const choice = { oneOf: [{ required: [key] }, { required: [fileKey] }] };
    const exclusive = { not: { required: [key, fileKey] } };
    const required = node.required?.includes(key) === true;
    node.required = node.required?.filter((name) => name !== key) ?? [];
    node.allOf = [...(node.allOf ?? []), required ? choice : exclusive];
  }
  if (node.properties !== undefined) node.properties = properties;
}
