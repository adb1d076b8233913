import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { describeError } from './error.js';
import { scrub } from './scrub.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every field a log line can have. Redaction by construction: what has no field here cannot be logged. */
const FIELDS = {
  requestId: 'text',
  method: 'text',
  /** Without a query. */
  path: 'text',
  statusCode: 'number',
  durationMs: 'number',
  reason: 'text',
  rule: 'text',
  permission: 'text',
  role: 'text',
  user: 'text',
  workspace: 'text',
  deployment: 'text',
  service: 'text',
  sourceIp: 'text',
  /** A role source, issuer or other thing of the configuration, by name. */
  source: 'text',
  file: 'text',
  address: 'text',
  signal: 'text',
  version: 'text',
  worker: 'number',
  pid: 'number',
  count: 'number',
  /** What went wrong; of an error its class, code and scrubbed message are kept. */
  cause: 'error',
} as const satisfies Record<string, 'text' | 'number' | 'error'>;

type FieldType = { text: string; number: number; error: unknown };
export type LogFields = { readonly [K in keyof typeof FIELDS]?: FieldType[(typeof FIELDS)[K]] | undefined };

export interface LogOptions {
  readonly level: LogLevel;
  /** Takes one line at a time, newline included. Default: standard error, written at once. */
  readonly destination?: { write(line: string): void };
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * One JSON object a line: `time`, `level`, `message` and the fields above. Messages are fixed texts of ours; all
 * values are scrubbed. Unknown fields are left out even if a caller without types passes them.
 */
export function createLog(options: LogOptions): Log {
  const stream: DestinationStream = options.destination ?? destination({ dest: 2, sync: true });
  const logger: Logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      logger[level](safeFields(fields), scrub(message));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function safeFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(FIELDS)) {
    const value = fields[name as keyof LogFields];
    if (value !== undefined) safe[name] = safeValue(type, value);
  }
  return safe;
}

function safeValue(type: (typeof FIELDS)[keyof typeof FIELDS], value: unknown): unknown {
  switch (type) {
    case 'text':
      return scrub(String(value));
    case 'number':
      return Number(value);
    case 'error':
      return describeError(value);
    default:
      return type satisfies never;
  }
}
