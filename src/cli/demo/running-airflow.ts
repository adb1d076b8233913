import { AuthProxyError } from '../../domain/errors.js';
import type { DemoUpstream } from './write-config.js';

const ASK_TIMEOUT_MS = 5000;
/** Where each major release says which one it is, below its own path. */
const VERSION_PATHS = ['/api/v2/version', '/api/v1/version'];

/**
 * The Airflow at `AIRFLOW_URL`, asked for its release. `jwtSecret` is its `[api_auth] jwt_secret`, by which it takes
 * our word for who is asking; without it nobody is asserted, which only an Airflow that asks nobody accepts.
 */
export async function findRunningAirflow(
  written: string,
  jwtSecret: string | undefined,
): Promise<DemoUpstream> {
  if (!URL.canParse(written)) {
    throw new AuthProxyError(
      'config',
      `AIRFLOW_URL \`${written}\` is not a URL; write one like http://127.0.0.1:8080`,
    );
  }
  const { origin, pathname } = new URL(written);
  const path = pathname.replace(/\/+$/, '');
  for (const versionPath of VERSION_PATHS) {
    const version = await askVersion(`${origin}${path}${versionPath}`);
    if (version === undefined) continue;
    const notice =
      jwtSecret === undefined
        ? 'AIRFLOW_JWT_SECRET is not set: Airflow is told nothing about who is asking'
        : undefined;
    return { url: origin, path, version, jwtSecret, notice, stop: async () => undefined };
  }
  throw new AuthProxyError(
    'upstream',
    `no Airflow answers at AIRFLOW_URL \`${written}\`; start it, or unset the variable`,
  );
}

async function askVersion(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    const body: unknown = await response.json();
    const version =
      typeof body === 'object' && body !== null && 'version' in body ? String(body.version) : '';
    return /^\d+\.\d+\.\d+/.exec(version)?.[0];
  } catch {
    return undefined;
  }
}
