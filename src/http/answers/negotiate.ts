/** Longer fields are read as if they were absent: no browser sends one. */
const MAX_ACCEPT_CHARACTERS = 4096;

/** How a denial is worded: a page, Airflow 2's REST API error, or plain JSON. */
export type Surface = 'html' | 'airflow-v1' | 'json';

/**
 * Whether somebody waits at a browser window: GET or HEAD, and `text/html` ranked above JSON (RFC 9110 12.5.1).
 * Equal ranks, as with `*\/*` or no field at all, mean JSON: scripts ask that way.
 */
export function prefersHtml(method: string, accept: string | undefined): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (accept === undefined || accept.length > MAX_ACCEPT_CHARACTERS) return false;
  const ranges = accept.split(',').map(parseRange);
  return quality(ranges, 'text', 'html') > quality(ranges, 'application', 'json');
}

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type = '', subtype = ''] = range.split('/');
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, subtype, quality: weight === undefined ? 1 : parseWeight(weight.slice(2)) };
}

/** RFC 9110 12.4.2: three decimals at most. What is not a weight asks for nothing. */
function parseWeight(text: string): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}

/** RFC 9110 12.5.1: the most specific range that fits decides. */
function quality(ranges: readonly MediaRange[], type: string, subtype: string): number {
  const fits = (wantedType: string, wantedSubtype: string): number | undefined => {
    const found = ranges.filter((range) => range.type === wantedType && range.subtype === wantedSubtype);
    return found.length === 0 ? undefined : Math.max(...found.map((range) => range.quality));
  };
  return fits(type, subtype) ?? fits(type, '*') ?? fits('*', '*') ?? 0;
}
