import type { ServiceConfig } from '../../config/config.js';

type Profile = ServiceConfig['identity']['profile'];

/** What to set at the upstream so that it takes each profile's assertion. */
const SETTINGS = {
  'airflow3-hs512': (audience) =>
    `set AIRFLOW__API_AUTH__JWT_SECRET to the content of identity.secretFile, AIRFLOW__API_AUTH__JWT_AUDIENCE to \`${audience}\`, leave [api_auth] trusted_jwks_url unset and keep SimpleAuthManager; compare both clocks`,
  'airflow3-jwks': (audience) =>
    `set AIRFLOW__API_AUTH__TRUSTED_JWKS_URL to our /.auth/jwks.json, AIRFLOW__API_AUTH__JWT_ALGORITHM to identity.algorithm and AIRFLOW__API_AUTH__JWT_AUDIENCE to \`${audience}\`; Airflow keeps what it read for an hour, so restart it after the first start of the gateway`,
  airflow2: (audience) =>
    `set AIRFLOW__WEBSERVER__CONFIG_FILE to our config/airflow/webserver_config.py, AIRFLOW_AUTH_PROXY_JWKS to our /.auth/jwks.json, AIRFLOW_AUTH_PROXY_AUDIENCE to \`${audience}\` and AIRFLOW__API__AUTH_BACKENDS to airflow.api.auth.backend.session`,
  'astro-sm': (audience) =>
    `set AIRFLOW__ASTRONOMER__JWT_AUDIENCE to \`${audience}\` and AIRFLOW__ASTRONOMER__JWT_SIGNING_CERT to the PEM public key of identity.keyFile`,
  'remote-user-header': (header) =>
    `set AUTH_TYPE = AUTH_REMOTE_USER and AUTH_REMOTE_USER_ENV_VAR to the WSGI name of the header \`${header}\` in webserver_config.py`,
  basic: () => 'start Flower with --basic_auth=USER:PASSWORD of identity.username and identity.passwordFile',
  none: () => 'give the service an identity profile: this upstream asks who is there',
} as const satisfies Record<Profile, (detail: string) => string>;

/** Says in words what to set, for the profile of a service. */
export function remedyFor(config: ServiceConfig, deployment: string): string {
  const { identity } = config;
  switch (identity.profile) {
    case 'airflow2':
      return SETTINGS.airflow2(deployment);
    case 'remote-user-header':
      return SETTINGS['remote-user-header'](identity.header);
    case 'airflow3-hs512':
    case 'airflow3-jwks':
    case 'astro-sm':
      return SETTINGS[identity.profile](identity.audience);
    case 'basic':
    case 'none':
      return SETTINGS[identity.profile]();
    default:
      return identity satisfies never;
  }
}
