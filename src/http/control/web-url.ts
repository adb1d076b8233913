import { AuthProxyError } from '../../domain/errors.js';

/** Throws {@link AuthProxyError} where a browser could not be sent there. */
export function requireWebUrl(key: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new AuthProxyError('config', `${key} is not an absolute http or https URL`);
}
