import { writeFileSync } from 'node:fs';
import { renderConfigurationDocs, renderJsonSchema } from '../../config/generate.js';

const DOCUMENTS: readonly (readonly [path: string, render: () => string])[] = [
  ['config/schema.json', renderJsonSchema],
  ['docs/configuration.md', renderConfigurationDocs],
];

/** Writes the documents that are made from the source; a test compares them. */
export function writeDocs(): void {
  for (const [path, render] of DOCUMENTS) {
    writeFileSync(new URL(`../../../${path}`, import.meta.url), render());
    process.stderr.write(`wrote ${path}\n`);
  }
}
