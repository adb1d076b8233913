import { writeFileSync } from 'node:fs';
import { renderConfigurationDocs, renderJsonSchema } from '../../config/generate.js';
import { shippedCatalogs } from '../compose/load.js';
import { renderPermissionsPage } from '../matrix/permissions-page.js';

const DOCUMENTS: readonly (readonly [path: string, render: () => string])[] = [
  ['config/schema.json', renderJsonSchema],
  ['docs/configuration.md', renderConfigurationDocs],
  ['docs/permissions.md', () => renderPermissionsPage(shippedCatalogs())],
];

/** Writes the documents that are made from the source; a test compares them. */
export function writeDocs(): void {
  for (const [path, render] of DOCUMENTS) {
    writeFileSync(new URL(`../../../${path}`, import.meta.url), render());
    process.stderr.write(`wrote ${path}\n`);
  }
}
