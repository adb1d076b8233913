const SECONDS = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 } as const;

/** Reads `90s`, `15m`, `1h` or `7d`; undefined where it is none of them. */
export function parseDurationSeconds(written: string): number | undefined {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(written);
  const unit = match?.[2] as keyof typeof SECONDS | undefined;
  return match === null || unit === undefined ? undefined : Number(match[1]) * SECONDS[unit];
}
