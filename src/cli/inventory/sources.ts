import type { ServiceKind } from '../../domain/deployment.js';
import type { Version } from '../../domain/version.js';

/** One place where a running service lists routes of its own, below the service's path. */
export type Source =
  /** OpenAPI: its paths are below the folder that the document is in. */
  | { readonly kind: 'openapi'; readonly path: string }
  /** A page of the UI: its links are pages, those of plugins among them. */
  | { readonly kind: 'page'; readonly path: string };

const FAB_API: Source = { kind: 'openapi', path: '/auth/fab/v1/openapi.json' };

/** Where to ask. What a release has not answers 404, which is no fault. */
export function sourcesOf(kind: ServiceKind, { major }: Version): readonly Source[] {
  if (kind === 'flower') return [{ kind: 'page', path: '/' }];
  if (major >= 3)
    return [
      { kind: 'openapi', path: '/openapi.json' },
      { kind: 'openapi', path: '/auth/openapi.json' },
      { kind: 'openapi', path: '/edge_worker/openapi.json' },
      FAB_API,
    ];
  const home: Source = { kind: 'page', path: '/home' };
  return major === 2
    ? [{ kind: 'openapi', path: '/api/v1/openapi.json' }, FAB_API, home]
    : [home, { kind: 'page', path: '/admin/' }];
}
