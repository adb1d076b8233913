import type { Assertion } from '../../domain/assertion.js';
import { formatVersion, parseVersion } from '../../domain/version.js';
import type { ConfiguredService } from '../compose/services.js';
import { type Asked, ask, type LiveAnswer } from './ask.js';
import { remedyFor } from './remedies.js';

/** One thing a live check found. `ok` needs nothing to be done. */
export interface LiveFinding {
  readonly kind: 'ok' | 'warning' | 'fault';
  readonly message: string;
}

/** What is asked to find out the release, and what only somebody known may read. Below the service's path. */
const QUESTIONS = {
  airflow3: { version: '/api/v2/version', known: '/api/v2/dags?limit=1' },
  airflow2: { version: '/api/v1/version', known: '/api/v1/dags?limit=1' },
  flower: { version: undefined, known: '/api/task/types' },
} as const;

/** Whom the upstream is told of. Airflow 2 makes a user row of it, once. */
const CALLER = {
  kind: 'service-account',
  id: 'airflow-auth-proxy-check',
  email: undefined,
  name: 'airflow-auth-proxy check',
  groups: [],
} as const;

/** Asks one upstream for its release, then whether it takes our assertion, as a Viewer. */
export async function checkService(
  service: ConfiguredService,
  assertion: Assertion,
): Promise<readonly LiveFinding[]> {
  const name = `deployment \`${service.deployment}\` ${service.service}`;
  const questions =
    QUESTIONS[service.service === 'flower' ? 'flower' : service.version.major >= 3 ? 'airflow3' : 'airflow2'];
  const base = `${service.config.upstream}${service.path === '/' ? '' : service.path}`;
  const host = new URL(service.origins[0] ?? service.config.upstream).host;
  const headers = { accept: 'application/json', host };
  const findings: LiveFinding[] = [];

  const identity = await assertion.assert({ principal: CALLER, role: 'Viewer' });
  const asserted = { ...headers, ...Object.fromEntries(identity) };
  if (questions.version !== undefined) {
    const url = `${base}${questions.version}`;
    let asked = await ask(url, headers);
    // Airflow 2 with a security manager that judges every request tells its version to nobody unknown.
    if (isRefused(asked)) asked = await ask(url, asserted);
    if (asked.kind === 'unreachable') return [unreachable(name, service, asked)];
    // Refused again: then it is the assertion that has to be mended, as the next question says.
    if (!isRefused(asked)) findings.push(versionFinding(name, service, asked.answer));
  }
  const asked = await ask(`${base}${questions.known}`, asserted);
  if (asked.kind === 'unreachable') return [...findings, unreachable(name, service, asked)];
  return [...findings, assertionFinding(name, service, asked.answer)];
}

function isRefused(asked: Asked): boolean {
  return asked.kind === 'answered' && (asked.answer.status === 401 || asked.answer.status === 403);
}

function unreachable(
  name: string,
  { config }: ConfiguredService,
  { cause }: Asked & { kind: 'unreachable' },
): LiveFinding {
  return {
    kind: 'fault',
    message: `${name}: ${config.upstream} does not answer (${cause}); start it or fix upstream`,
  };
}

function versionFinding(
  name: string,
  { config, version, path }: ConfiguredService,
  { status, body }: LiveAnswer,
): LiveFinding {
  const told = /"version"\s*:\s*"(\d+\.\d+\.\d+)/.exec(body)?.[1];
  const running = told === undefined ? undefined : parseVersion(told);
  if (status !== 200 || running === undefined) {
    const message = `${name}: ${config.upstream} does not say its version below \`${path}\` (status ${status}); set its base_url to the public URL with that path`;
    return { kind: 'fault', message };
  }
  const same =
    running.major === version.major &&
    running.minor === version.minor &&
    (version.patch === undefined || version.patch === running.patch);
  return same
    ? { kind: 'ok', message: `${name}: runs ${formatVersion(running)}` }
    : {
        kind: 'fault',
        message: `${name}: runs ${formatVersion(running)}, the configuration says ${config.version}; set version: "${running.major}.${running.minor}"`,
      };
}

function assertionFinding(
  name: string,
  service: ConfiguredService,
  { status, headers, body }: LiveAnswer,
): LiveFinding {
  const json = headers.get('content-type')?.includes('json') === true;
  if (status === 200 && json) {
    const profile = service.config.identity.profile;
    if (profile === 'none' && service.service === 'airflow') {
      return {
        kind: 'warning',
        message: `${name}: answers to nobody in particular; make sure that only the gateway reaches it`,
      };
    }
    return { kind: 'ok', message: `${name}: takes our assertion (${profile})` };
  }
  const said = body.includes('Invalid JWT token') ? ', "Invalid JWT token"' : '';
  return {
    kind: 'fault',
    message: `${name}: does not take our assertion (status ${status}${said}); ${remedyFor(service.config, service.deployment)}`,
  };
}
