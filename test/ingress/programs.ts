import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where deploy/verify.sh keeps the programs it builds. */
const CACHE = process.env.AIRFLOW_AUTH_PROXY_CACHE ?? join(homedir(), '.cache', 'airflow-auth-proxy');

const PLACES: Readonly<Record<string, readonly string[]>> = {
  nginx: [],
  caddy: [join(CACHE, 'bin')],
  helm: [join(CACHE, 'bin')],
  kubeconform: [join(CACHE, 'bin')],
  // The program itself: the wheel's own `envoy` is a script around it.
  envoy: [envoyWheel()],
};

/** The path of an installed program; undefined where it is missing, and the test is left out by name. */
export function findProgram(name: keyof typeof PLACES & string): string | undefined {
  const path = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  return [...(PLACES[name] ?? []), ...path]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

function envoyWheel(): string {
  const python = join(CACHE, 'envoy', 'bin', 'python');
  if (!existsSync(python)) return '/nonexistent';
  return execFileSync(
    python,
    ['-c', 'import envoy, os; print(os.path.join(os.path.dirname(envoy.__file__), "_bin"))'],
    { encoding: 'utf8' },
  ).trim();
}
