import type { RejectionCode } from '../domain/identity.js';

/** The three dates of a token, epoch seconds; made by {@link readDates} only. */
export interface NumericDates {
  readonly exp: number;
  readonly iat: number | undefined;
  readonly nbf: number | undefined;
}

export type DatesAnswer =
  | { readonly kind: 'dates'; readonly dates: NumericDates }
  | { readonly kind: 'refused'; readonly detail: string };

/** The end of the year 9999: a later date is a mistake or a trick, not a life time. */
const LAST_SECOND = 253402300799;

/**
 * Reads `exp` (required), `iat` and `nbf`. Numbers only: a string that looks like one is refused.
 *
 * @see RFC 7519 2 (NumericDate), 4.1.4 to 4.1.6
 */
export function readDates(claims: Readonly<Record<string, unknown>>): DatesAnswer {
  for (const name of ['exp', 'iat', 'nbf']) {
    const value = claims[name];
    if (value === undefined && name !== 'exp') continue;
    if (typeof value !== 'number' || !(value >= 0 && value <= LAST_SECOND)) {
      return { kind: 'refused', detail: `\`${name}\` is not a date` };
    }
  }
  const { exp, iat, nbf } = claims as { exp: number; iat?: number; nbf?: number };
  return { kind: 'dates', dates: { exp, iat, nbf } };
}

/** What is wrong with the dates at this moment, or undefined. Both arguments in seconds. */
export function faultOfDates(
  dates: NumericDates,
  nowSeconds: number,
  toleranceSeconds: number,
): Extract<RejectionCode, 'expired' | 'not-yet-valid'> | undefined {
  if (nowSeconds >= dates.exp + toleranceSeconds) return 'expired';
  const latest = nowSeconds + toleranceSeconds;
  if ((dates.nbf ?? 0) > latest || (dates.iat ?? 0) > latest) return 'not-yet-valid';
  return undefined;
}
