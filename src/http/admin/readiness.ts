/** One thing the gateway needs before it can judge. */
export interface ReadinessCheck {
  /** As `config`, `keys`, `role-source:redis`. */
  readonly name: string;
  /**
   * `waiting`: not there yet since the start. `ok`. `failing`: was there once and is away now, which requests and
   * metrics show; it does not take the replica out, since every other replica has lost the same thing.
   */
  readonly state: 'ok' | 'waiting' | 'failing';
  /** Lower case, no secret. */
  readonly detail?: string | undefined;
}

export interface Readiness {
  /** Set when the process was told to end: no new requests, whatever the checks say. */
  readonly draining: boolean;
  readonly checks: readonly ReadinessCheck[];
}

/** Whether requests may be sent here. */
export function isReady({ draining, checks }: Readiness): boolean {
  return !draining && checks.every(({ state }) => state !== 'waiting');
}
