/** What a Deployment runs behind us. */
export const SERVICES = ['airflow', 'flower'] as const;
export type ServiceKind = (typeof SERVICES)[number];

/** One service of one Deployment. A Deployment belongs to one Workspace for ever. */
export interface ServiceRef {
  readonly deployment: string;
  readonly workspace: string;
  readonly service: ServiceKind;
}
