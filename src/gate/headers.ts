/** Request headers as they came: order, case and duplicates kept. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** The only value of a header; undefined where it is missing. Doubled singletons are refused before. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
