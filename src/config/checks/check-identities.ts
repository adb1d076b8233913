import { levelRank, NATIVE_ROLES } from '../../domain/role.js';
import { parseVersion, versionWithin } from '../../domain/version.js';
import type { AirflowIdentity, Config, FlowerIdentity } from '../config.js';
import type { Finding, NameOf, Path } from '../finding.js';
import { servicesOf } from './services-of.js';

type Identity = AirflowIdentity | FlowerIdentity;

/** The versions a profile works with: from inclusive, to exclusive. Airflow's own code decides this, not we. */
const ACCEPTED = {
  'airflow3-hs512': { from: '3.0', to: '4.0', words: 'Airflow 3' },
  'airflow3-jwks': { from: '3.0', to: '4.0', words: 'Airflow 3' },
  airflow2: { from: '2.3', to: '3.0', words: 'Airflow 2.3 to 2.11' },
  'astro-sm': { from: '1.10', to: '3.0', words: 'Airflow 1.10 to 2.11' },
  'remote-user-header': { from: '2.9', to: '3.0', words: 'Airflow 2.9 to 2.11' },
  basic: undefined,
  none: undefined,
} satisfies Record<Identity['profile'], { from: string; to: string; words: string } | undefined>;

/** Whether each service can be told who is asking the way its `identity` says. */
export function checkIdentities(config: Config, nameOf: NameOf): Finding[] {
  return servicesOf(config).flatMap(({ service, path }) => {
    const at = [...path, 'identity'];
    const { identity } = service;
    return [
      ...checkVersion(identity, service.version, at, nameOf),
      ...checkIsolation(identity, at, nameOf),
      ...checkMapping(identity, at, nameOf),
      ...checkSecret(identity, at, nameOf),
    ];
  });
}

function checkVersion({ profile }: Identity, written: string, at: Path, nameOf: NameOf): Finding[] {
  const accepted = ACCEPTED[profile];
  const version = parseVersion(written);
  if (accepted === undefined || version === undefined) return [];
  if (versionWithin(version, parseVersion(accepted.from), parseVersion(accepted.to))) return [];
  const fitting = Object.entries(ACCEPTED).flatMap(([name, range]) =>
    range && versionWithin(version, parseVersion(range.from), parseVersion(range.to)) ? [`\`${name}\``] : [],
  );
  const path = [...at, 'profile'];
  const remedy =
    fitting.length === 0 ? 'use `none`' : `for \`${written}\` use ${fitting.join(', ')} or \`none\``;
  return [{ path, message: `\`${nameOf(path)}\`: \`${profile}\` works with ${accepted.words}; ${remedy}` }];
}

function checkIsolation({ profile }: Identity, at: Path, nameOf: NameOf): Finding[] {
  const told = { 'remote-user-header': 'signs nothing', none: 'tells the upstream nothing' } as const;
  if (profile !== 'none' && profile !== 'remote-user-header') return [];
  const path = [...at, 'profile'];
  const message = `\`${nameOf(path)}\`: \`${profile}\` ${told[profile]}; the network must isolate the upstream, so that only this proxy reaches it`;
  return [{ path, message, severity: 'warning' }];
}

/** A higher role may not lose: the upstream judges again with the mapped role. */
function checkMapping(identity: Identity, at: Path, nameOf: NameOf): Finding[] {
  if (!('roleMapping' in identity)) return [];
  const { roleMapping } = identity;
  const levels = (['VIEWER', 'EDITOR', 'ADMIN'] as const).toSorted((a, b) => levelRank(a) - levelRank(b));
  return levels.flatMap((level, index): Finding[] => {
    const lower = levels[index - 1];
    if (
      lower === undefined ||
      NATIVE_ROLES.indexOf(roleMapping[lower]) <= NATIVE_ROLES.indexOf(roleMapping[level])
    )
      return [];
    const path = [...at, 'roleMapping', level];
    return [
      {
        path,
        message: `\`${nameOf(path)}\` is \`${roleMapping[level]}\`, below \`${roleMapping[lower]}\` of ${lower}; a higher role must not get less`,
      },
    ];
  });
}

/** RFC 7518 3.2: a key of at least the size of the hash, 64 bytes for HS512. */
function checkSecret(identity: Identity, at: Path, nameOf: NameOf): Finding[] {
  if (identity.profile !== 'airflow3-hs512' || Buffer.byteLength(identity.secret) >= 64) return [];
  const path = [...at, 'secret'];
  const message = `\`${nameOf(path)}\` has fewer than 64 bytes, which HS512 asks for (RFC 7518 3.2); make a new one with \`openssl rand -hex 32\``;
  return [{ path, message, severity: 'warning' }];
}

/** An assertion is bound to one Deployment by its audience or its key; where both are shared, it is not. */
export function checkBinding(config: Config): Finding[] {
  const first = new Map<string, string>();
  return servicesOf(config).flatMap(({ deployment, service: { identity }, path }): Finding[] => {
    const key = bindingOf(identity);
    if (key === undefined) return [];
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, deployment.id);
      return [];
    }
    const shared = identity.profile === 'airflow3-hs512' ? 'secret' : 'key';
    const message = `deployments \`${other}\` and \`${deployment.id}\` share audience and ${shared}, so an assertion for one opens the other; give each its own \`audience\` or ${shared}`;
    return [{ path: [...path, 'identity'], message, severity: 'warning' }];
  });
}

function bindingOf(identity: Identity): string | undefined {
  switch (identity.profile) {
    case 'airflow3-hs512':
      return JSON.stringify(['hs512', identity.secret, identity.audience]);
    case 'airflow3-jwks':
    case 'astro-sm':
      return JSON.stringify(['key', identity.key ?? null, identity.audience]);
    case 'airflow2':
    case 'remote-user-header':
    case 'basic':
    case 'none':
      return undefined;
    default:
      return identity satisfies never;
  }
}
