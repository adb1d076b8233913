import { type Finding, formatPath, isMapping, valueAt } from '../finding.js';

/**
 * Two issuers may call two people the same; a prefix keeps them apart. Judged on the document as written, so that
 * another fault of the first issuer does not make the second one the first.
 */
export function checkIssuers(document: unknown): Finding[] {
  const issuers = valueAt(document, ['platform', 'issuers']);
  if (!Array.isArray(issuers)) return [];
  return issuers.flatMap((issuer: unknown, index): Finding[] => {
    if (index === 0 || !isMapping(issuer) || Object.hasOwn(issuer, 'subjectPrefix')) return [];
    const path = ['platform', 'issuers', index, 'subjectPrefix'];
    const message = `\`${formatPath(path)}\` is missing; each issuer after the first needs one, so that no two people share a name`;
    return [{ path, message }];
  });
}
