/** Variables of the process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The one place that reads `process.env`. Everything else is given what it needs. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
