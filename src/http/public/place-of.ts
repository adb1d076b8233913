import type { Outcome } from '../../domain/outcome.js';
import type { Reading } from '../../gate/gate.js';
import type { PublicService } from './service.js';

/** The service a target leads to, for records. */
export function placeOf({ parsed, placement }: Reading<PublicService>): Outcome['place'] {
  if (parsed.kind === 'ambiguous' || placement.kind !== 'service') return undefined;
  const { deployment, workspace, service } = placement.service;
  return { deployment, workspace, service };
}
