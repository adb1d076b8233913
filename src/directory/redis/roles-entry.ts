import type { Binding } from '../../domain/binding.js';
import { isLevel } from '../../domain/role.js';
import type { RedisLink } from './link.js';

/** What one roles key says. */
export interface RolesEntry {
  readonly bindings: readonly Binding[];
  /** When the key ends by itself, on the monotonic clock, milliseconds; Infinity where it stays. */
  readonly endsAt: number;
}

export interface RolesReader {
  readonly link: RedisLink;
  /** Named in the bindings. */
  readonly source: string;
  /** Told about a field that gave no binding: the key's fault, not its content. */
  readonly onMalformed: (detail: string) => void;
}

/**
 * Reads one hash of roles. A field or value that is not exactly of the form gives no binding; a key of another type
 * rejects, for somebody's roles cannot be read then.
 */
export async function readRoles(
  { link, source, onMalformed }: RolesReader,
  key: string,
): Promise<RolesEntry> {
  const readAt = performance.now();
  // In one go: both leave in the same packet.
  const [fields, ttlMs] = await Promise.all([link.call('HGETALL', key), link.call('PTTL', key)]);
  if (!Array.isArray(fields)) throw new TypeError('HGETALL answered something else');
  const bindings: Binding[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const binding = readField(fields[at], fields[at + 1], source);
    if (typeof binding === 'string') onMalformed(binding);
    else bindings.push(binding);
  }
  return {
    bindings,
    endsAt: typeof ttlMs === 'number' && ttlMs >= 0 ? readAt + ttlMs : Number.POSITIVE_INFINITY,
  };
}

const FIELD = /^(workspace|deployment):(.+)$/su;
const SCOPE_OF = { workspace: 'WORKSPACE', deployment: 'DEPLOYMENT' } as const;

/** A binding, or what is wrong with the field. */
function readField(field: unknown, level: unknown, source: string): Binding | string {
  if (!isLevel(level)) return 'its value is not ADMIN, EDITOR or VIEWER';
  if (field === 'system') return { scope: 'SYSTEM', level, source };
  const [, scope, id] = FIELD.exec(String(field)) ?? [];
  if (id === undefined || (scope !== 'workspace' && scope !== 'deployment'))
    return 'its name is not system, workspace:<id> or deployment:<id>';
  return { scope: SCOPE_OF[scope], id, level, source };
}
