/** What a failure says of itself, for `unavailable` answers. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
