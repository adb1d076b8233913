import { createRecent, type Recent } from '../../http/home/recent.js';

const all = new WeakMap<object, Recent>();

/** What was seen lately, kept over reloads: `lifetime` is the same object before and after. */
export function recentOf(lifetime: object): Recent {
  const known = all.get(lifetime);
  if (known !== undefined) return known;
  const recent = createRecent();
  all.set(lifetime, recent);
  return recent;
}
