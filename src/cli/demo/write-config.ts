import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the demo's gateway stands in front of. */
export interface DemoUpstream {
  /** Scheme and authority, without the path. */
  readonly url: string;
  /** Where Airflow believes it is, without a final slash; empty at the root. */
  readonly path: string;
  readonly version: string;
  /** Airflow 3's `[api_auth] jwt_secret`; undefined: nobody is asserted. */
  readonly jwtSecret: string | undefined;
  /** Said before anything else. */
  readonly notice: string | undefined;
  stop(): Promise<void>;
}

export interface DemoConfigOptions {
  /** Everything is written here. */
  readonly folder: string;
  readonly upstream: DemoUpstream;
  readonly deployment: string;
  readonly publicUrl: string;
}

const PEOPLE = [
  {
    id: 'ada',
    name: 'Ada',
    email: 'ada@example.com',
    role: 'ADMIN',
    does: 'Admin: everything, the Admin menu too',
  },
  {
    id: 'eve',
    name: 'Eve',
    email: 'eve@example.com',
    role: 'EDITOR',
    does: 'Editor: works with DAGs, no Admin menu',
  },
  {
    id: 'vic',
    name: 'Vic',
    email: 'vic@example.com',
    role: 'VIEWER',
    does: 'Viewer: looks, and does nothing',
  },
] as const;

/** Writes the configuration and the directory of the demo. JSON is YAML, so nothing in it needs quoting by hand. */
export function writeDemoConfig({ folder, upstream, deployment, publicUrl }: DemoConfigOptions) {
  const { port } = new URL(publicUrl);
  const identity =
    upstream.jwtSecret === undefined
      ? { profile: 'none' }
      : { profile: 'airflow3-hs512', secret: upstream.jwtSecret, audience: 'apache-airflow' };
  const config = {
    server: { listen: `127.0.0.1:${port}`, adminListen: '127.0.0.1:9084', publicUrl, stateDir: './state' },
    development: { issuer: true, people: PEOPLE.map(({ id, name, email }) => ({ id, name, email })) },
    roles: { sources: [{ kind: 'file', path: './directory.yaml' }] },
    deployments: [
      {
        id: deployment,
        workspace: 'demo-team',
        airflow: {
          version: upstream.version,
          upstream: upstream.url,
          path: upstream.path === '' ? '/' : upstream.path,
          anonymous: ['static'],
          identity,
        },
      },
    ],
    audit: { path: './audit.ndjson' },
  };
  const directory = {
    workspaces: [
      { id: 'demo-team', label: 'Demo team', members: PEOPLE.map(({ id, role }) => ({ user: id, role })) },
    ],
  };
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'directory.yaml'), `${JSON.stringify(directory, null, 2)}\n`);
  return { file, people: PEOPLE.map(({ id, does }) => ({ id, does })) };
}
