import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { shippedCatalogs } from '../../../src/cli/compose/load.js';
import { SERVICES } from '../../../src/domain/deployment.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/advisories.md'), 'utf8');
const catalogs = shippedCatalogs();
const rules = SERVICES.flatMap((kind) => catalogs[kind].rules);

/** Advisories about who may do what in Airflow and Flower that somebody has to have read. */
const PUBLISHED = `
  2020-13927 2020-17526 2021-26697 2021-38540 2021-45230 2022-30034 2022-40754 2022-43985 2022-45402 2022-51020
  2023-40611 2023-42780 2023-42792 2023-47037 2023-49920 2023-50944 2024-27906 2024-42447 2024-45033 2025-54831
  2025-57735 2026-22922 2026-26929 2026-28563 2026-28779 2026-30911 2026-32228 2026-34538 2026-40961 2026-41084
  2026-46764 2026-49298 2026-59243 2026-82311 2026-82355 2026-86462 2026-86473`
  .trim()
  .split(/\s+/);

describe('docs/advisories.md', () => {
  it.each(PUBLISHED)('says what stands in the place of CVE-%s', (id) => {
    expect(page).toContain(`CVE-${id}`);
  });

  it('names every advisory that a rule of the catalog stands in for', () => {
    const named = rules.flatMap(({ advisory }) => advisory ?? []);
    expect(named.filter((advisory) => !page.includes(advisory))).toEqual([]);
  });

  it('names no rule that the catalog has not', () => {
    const kept = page.slice(page.indexOf('## Kept out by a rule'), page.indexOf('## Per DAG'));
    const named = [...kept.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, id = '']) => id);
    const ids = new Set(rules.map(({ id }) => id));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });
});
