import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import { STYLE_SOURCE } from './style.js';

export interface SafetyHeaderOptions {
  /** Origins beside our own that a form's answer may redirect to, as the platform's sign-out. */
  readonly formTargets?: readonly string[];
}

/**
 * What every answer of our own carries beside its content: helmet's headers, as of the version installed.
 * Without HSTS, which is the operator's to give; without `upgrade-insecure-requests`, which breaks plain http;
 * `Referrer-Policy: same-origin`, because Airflow 2's CSRF check needs a Referer. Names in lower case.
 */
export function safetyHeaders({
  formTargets = [],
}: SafetyHeaderOptions = {}): Readonly<Record<string, string>> {
  const setHeaders = helmet({
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': [STYLE_SOURCE],
        // The empty icon of our pages, so that browsers do not ask for /favicon.ico and leave a denial each time.
        'img-src': ['data:'],
        'base-uri': ["'none'"],
        'form-action': ["'self'", ...formTargets],
        'frame-ancestors': ["'none'"],
      },
    },
  });
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  setHeaders(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}

/** The same for every answer but the few that need form targets. */
export const SAFETY_HEADERS = safetyHeaders();
