import type { finishConfig } from './finish.js';

/** The whole configuration: checked, every default filled in, paths absolute, secrets read. */
export type Config = ReturnType<typeof finishConfig>;

export type DeploymentConfig = Config['deployments'][number];
export type AirflowService = NonNullable<DeploymentConfig['airflow']>;
export type FlowerService = NonNullable<DeploymentConfig['flower']>;
export type ServiceConfig = AirflowService | FlowerService;
export type AirflowIdentity = AirflowService['identity'];
export type FlowerIdentity = FlowerService['identity'];
export type IssuerConfig = Config['platform']['issuers'][number];
export type RoleSourceConfig = Config['roles']['sources'][number];
export type ServerConfig = Config['server'];
export type PersonConfig = Config['development']['people'][number];
