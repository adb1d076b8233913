/** A release of Airflow or Flower. `patch` undefined is the union of all patches of `major.minor`. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number | undefined;
}

/** Reads `X.Y` or `X.Y.Z`; anything else is undefined. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})(?:\.(0|[1-9]\d{0,3}))?$/.exec(text);
  if (match === null) return undefined;
  const patch = match[3];
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: patch === undefined ? undefined : Number(patch),
  };
}

export function formatVersion(version: Version): string {
  const line = `${version.major}.${version.minor}`;
  return version.patch === undefined ? line : `${line}.${version.patch}`;
}

/** Orders by major, minor, patch; a missing patch counts as 0. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || (a.patch ?? 0) - (b.patch ?? 0);
}

/** Whether any release that `version` stands for lies in [since, until). */
export function versionWithin(
  version: Version,
  since: Version | undefined,
  until: Version | undefined,
): boolean {
  const first = { ...version, patch: version.patch ?? 0 };
  const last = { ...version, patch: version.patch ?? Number.MAX_SAFE_INTEGER };
  return (
    (since === undefined || compareVersions(last, since) >= 0) &&
    (until === undefined || compareVersions(first, until) < 0)
  );
}
