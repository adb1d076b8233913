import type { Catalogs } from '../../config/load-catalogs.js';
import { holds, type Permission } from '../../domain/permission.js';
import { LEVELS, type Level, levelRank, roleOf } from '../../domain/role.js';
import { parseVersion } from '../../domain/version.js';
import { grantsFor } from '../../policy/grants.js';

/** One cell of the table "who may do what". */
export interface Cell {
  readonly held: boolean;
  /** Airflow lines where it is the other way round, like `2.9 to 2.11`; empty where there are none. */
  readonly except: string;
}

/**
 * Who holds a permission by default, over all lines of Airflow: a service's own, or the one beside Flower. Most lines
 * decide the cell, the others are named.
 */
export function cellsOf(catalogs: Catalogs): (permission: Permission) => Readonly<Record<Level, Cell>> {
  const lines = catalogs.airflow.versions.map((text) => {
    const airflow = parseVersion(text);
    return { text, grants: grantsFor({ airflow, flower: undefined }) };
  });
  return (permission) => {
    const lowest = lines.map(({ text, grants }) => ({
      text,
      rank: LEVELS.findIndex((level) => holds(grants[roleOf('WORKSPACE', level)], permission)),
    }));
    return Object.fromEntries(
      LEVELS.map((level) => {
        const held = lowest.map(({ rank }) => rank !== -1 && levelRank(level) >= rank);
        const usual = held.filter(Boolean).length * 2 >= held.length;
        const odd = held.map((one) => one !== usual);
        return [level, { held: usual, except: rangesOf(odd, catalogs.airflow.versions) }];
      }),
    ) as unknown as Readonly<Record<Level, Cell>>;
  };
}

/** `2.9 to 2.11`, or `from 3.0 on` where the newest line is one of them. */
function rangesOf(chosen: readonly boolean[], lines: readonly string[]): string {
  const ranges: { first: number; last: number }[] = [];
  chosen.forEach((one, index) => {
    const open = ranges.at(-1);
    if (!one) return;
    if (open?.last === index - 1) open.last = index;
    else ranges.push({ first: index, last: index });
  });
  return ranges
    .map(({ first, last }) => {
      if (last === lines.length - 1) return `from ${lines[first]} on`;
      return first === last ? `${lines[first]}` : `${lines[first]} to ${lines[last]}`;
    })
    .join(', ');
}
