import { SERVICES, type ServiceRef } from '../domain/deployment.js';
import { type CanonicalTarget, parseTarget } from './target/parse.js';

/** Where one service answers. */
export interface ServicePlace extends ServiceRef {
  /** Exact authority in lower case, with a port where it has one; undefined: any of our public ones. */
  readonly host: string | undefined;
  /** `/` or whole segments without a final slash. */
  readonly path: string;
}

export type Placement<P extends ServicePlace = ServicePlace> =
  /** `/.auth/*`, at the root or under a service's path. `rest` are the segments behind `.auth`. */
  | { readonly kind: 'control'; readonly rest: readonly string[]; readonly service: P | undefined }
  | {
      readonly kind: 'service';
      readonly service: P /** Segments that belong to the service's own path. */;
      readonly prefixLength: number;
    }
  /** `/` of a public origin, where no service has it. */
  | { readonly kind: 'home' }
  | { readonly kind: 'unplaced' };

export const CONTROL_SEGMENT = '.auth';

/**
 * Finds the place of a canonical target: `/.auth/*`, then an exact host, then the longest whole-segment path.
 * Compared on decoded segments; a segment that held `%2F` matches nothing.
 */
export function createLocator<P extends ServicePlace>(
  services: readonly P[],
): (host: string, target: CanonicalTarget) => Placement<P> {
  const prefixed = services
    .map((service) => ({ service, segments: segmentsOf(service.path) }))
    .sort((a, b) => b.segments.length - a.segments.length);
  const hosts = new Set(services.flatMap((service) => service.host ?? []));

  return function locate(host, target) {
    const names = target.segments.map(({ parts }) => (parts.length === 1 ? parts[0] : undefined));
    if (names[0] === CONTROL_SEGMENT) return { kind: 'control', rest: restOf(target, 1), service: undefined };

    const wanted = hosts.has(host) ? host : undefined;
    const found = prefixed.find(
      ({ service, segments }) =>
        service.host === wanted && segments.every((segment, index) => names[index] === segment),
    );
    if (found === undefined) {
      // The default shape of a Deployment's path answers alike whether the Deployment exists or not.
      if (names[2] === CONTROL_SEGMENT && SERVICES.some((kind) => kind === names[1])) {
        return { kind: 'control', rest: restOf(target, 3), service: undefined };
      }
      return names.length === 0 ? { kind: 'home' } : { kind: 'unplaced' };
    }
    const { service, segments } = found;
    if (names[segments.length] === CONTROL_SEGMENT) {
      return { kind: 'control', rest: restOf(target, segments.length + 1), service };
    }
    return { kind: 'service', service, prefixLength: segments.length };
  };
}

function restOf(target: CanonicalTarget, from: number): string[] {
  return target.segments.slice(from).map(({ parts }) => parts.join('/'));
}

function segmentsOf(path: string): string[] {
  const parsed = parseTarget(path);
  if (parsed.kind === 'ambiguous')
    throw new RangeError(`service path \`${path}\` is ambiguous: ${parsed.detail}`);
  return parsed.target.segments.flatMap(({ parts }) => parts);
}
