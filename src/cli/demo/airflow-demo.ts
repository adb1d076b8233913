import { basename, join } from 'node:path';
import type { Environment } from '../../config/environment.js';
import { installAirflow } from './install-airflow.js';
import type { OnProgress } from './progress.js';
import { type DemoAirflow, startAirflow } from './start-airflow.js';

/** The release the pinned list installs, as the gateway's configuration names it. */
export const DEMO_AIRFLOW_VERSION = '3.3.2';

export interface DemoAirflowOptions {
  /** Folder that holds `config/demo/`; `.demo/` is made in it. */
  readonly projectFolder: string;
  /** Scheme and authority people use, that is the gateway's. */
  readonly publicUrl: string;
  /** For example `/demo/airflow`, without a final slash. */
  readonly basePath: string;
  /** 64 characters or more; may change from start to start. */
  readonly jwtSecret: string;
  readonly environment: Environment;
  readonly onProgress: OnProgress;
  /** Aborting ends what runs, and rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** A real Airflow for the demo: installed where it is not yet, started, answering. Its `stop` ends all it started. */
export async function prepareDemoAirflow(options: DemoAirflowOptions): Promise<DemoAirflow> {
  const demoFolder = join(options.projectFolder, '.demo');
  const pins = join(options.projectFolder, 'config', 'demo', `airflow-${DEMO_AIRFLOW_VERSION}.txt`);
  const venv = await installAirflow({ ...options, demoFolder, pins });
  return startAirflow({ ...options, venv, home: join(demoFolder, `home-${basename(venv)}`) });
}
