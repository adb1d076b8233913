import type { IdentityHeaders } from '../../domain/assertion.js';
import type { Outcome } from '../../domain/outcome.js';
import { toUpstreamCookies } from '../../forward/cookies.js';
import type { RawHeaders } from '../../gate/headers.js';
import { identityFor } from '../public/asserted-identity.js';
import type { PublicService } from '../public/service.js';

/**
 * Every request header the controller has to set before it forwards, empty where there is nothing to say: one that was
 * missing here would leave the client's own value in force (threats D06). `authorization` is always among them, so the
 * platform's credential never goes upstream, and `cookie`, without the platform's cookie and without Airflow 3's own
 * session (`_token`, which beats our assertion on 3.1.7-3.3.1).
 */
export async function handoverOf(
  service: PublicService,
  outcome: Outcome,
  headers: RawHeaders,
): Promise<IdentityHeaders> {
  const set = new Map<string, string>([['authorization', '']]);
  for (const name of service.compiledPlace.identityHeaderNames) set.set(name, '');
  for (const [name, value] of await identityFor(service, outcome)) set.set(name, value);
  const cookies = headers.filter(([name]) => name.toLowerCase() === 'cookie').map(([, value]) => value);
  set.set('cookie', toUpstreamCookies(cookies, service.compiledPlace) ?? '');
  return [...set];
}
