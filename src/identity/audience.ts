import { AuthProxyError } from '../domain/errors.js';

/**
 * The audience of an assertion, fixed when the service is set up.
 *
 * @throws {AuthProxyError} `config` when it is empty or one of Airflow 3's own: a key that the execution API
 *   accepts, with the audience `urn:airflow.apache.org:task`, reads every connection and variable
 */
export function checkedAudience(audience: string, profile: string): string {
  if (audience.trim() === '' || audience.trim() !== audience) {
    throw new AuthProxyError(
      'config',
      `identity profile \`${profile}\` needs an \`audience\` without outer spaces`,
    );
  }
  if (audience.toLowerCase().startsWith('urn:airflow.apache.org')) {
    throw new AuthProxyError(
      'config',
      `identity profile \`${profile}\` may not use the audience \`${audience}\`; it opens the execution API, use the one of [api_auth] jwt_audience`,
    );
  }
  return audience;
}
