export type ErrorCode =
  | 'config'
  | 'catalog'
  | 'directory'
  | 'role-source'
  | 'identity'
  | 'upstream'
  | 'audit';

/** Broken input at start-up or broken infrastructure. A denial is a value, never one of these. */
export class AuthProxyError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AuthProxyError';
    this.code = code;
  }
}

/** One thing wrong in a file a person wrote. `line` from 1; undefined when the fault has no line. */
export interface Fault {
  readonly file: string;
  readonly line: number | undefined;
  /** Lower case, no final period, names the thing and the remedy. */
  readonly message: string;
}

export function formatFault(fault: Fault): string {
  return `${fault.file}:${fault.line ?? 1} ${fault.message}`;
}

/** All faults of one load, never only the first. */
export class FaultsError extends AuthProxyError {
  readonly faults: readonly Fault[];

  constructor(code: ErrorCode, faults: readonly Fault[]) {
    super(code, faults.map(formatFault).join('\n'));
    this.name = 'FaultsError';
    this.faults = faults;
  }
}
