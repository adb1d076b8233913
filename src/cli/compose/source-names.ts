import type { RoleSourceConfig } from '../../config/config.js';

/** What each source is called: its kind, and a number from the second of a kind on. */
export function nameSources(
  sources: readonly RoleSourceConfig[],
): readonly { readonly name: string; readonly source: RoleSourceConfig }[] {
  const seen = new Map<string, number>();
  return sources.map((source) => {
    const count = (seen.get(source.kind) ?? 0) + 1;
    seen.set(source.kind, count);
    return { name: count === 1 ? source.kind : `${source.kind}-${count}`, source };
  });
}
