import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';
import { authoritiesOf, type PlacedService, servicesOf } from './services-of.js';

/** Two services at one host and path, or a host that hides others: which of them would answer is nobody's guess. */
export function checkPlaces(config: Config, nameOf: NameOf): Finding[] {
  const taken = new Map<string, string>();
  return servicesOf(config).flatMap((placed): Finding[] => {
    const { deployment, kind, service, path } = placed;
    const name = `${kind} of deployment \`${deployment.id}\``;
    const places = authoritiesOf(service, config).map((authority) => `${authority}${service.path}`);
    const other = places.map((place) => taken.get(place)).find((owner) => owner !== undefined);
    for (const place of places) taken.set(place, name);
    if (other === undefined) return checkHost(placed, config, nameOf);
    const message = `${name} is at the same place as ${other}: \`${places[0]}\`; give one another \`path\` or \`host\``;
    return [{ path: [...path, 'path'], message }];
  });
}

/** A host that services own is asked before the public names: what has no host of its own is not found there. */
function checkHost({ service, path }: PlacedService, config: Config, nameOf: NameOf): Finding[] {
  const publicHosts = config.server.publicUrl.map((url) => new URL(url).host);
  if (service.host === undefined || !publicHosts.includes(service.host)) return [];
  if (servicesOf(config).every((other) => other.service.host !== undefined)) return [];
  const at = [...path, 'host'];
  const message = `\`${nameOf(at)}\` is a host of \`server.publicUrl\`, where services without \`host\` answer; leave it out`;
  return [{ path: at, message }];
}
