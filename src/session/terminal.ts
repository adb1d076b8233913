import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthProxyError } from '../domain/errors.js';
import { createProvider } from './provider.js';

export interface TerminalSignInOptions {
  readonly issuer: string;
  /** A public client of the provider, registered for loopback redirects. */
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Loopback port of the way back; 0 lets the system choose (RFC 8252 7.3). */
  readonly port: number;
  readonly timeoutMs: number;
  /** Told the address to open. */
  readonly show: (address: string) => void;
}

export interface TerminalTokens {
  readonly idToken: string | undefined;
  readonly accessToken: string;
}

const CALLBACK = '/callback';

/**
 * Signs in a person at a terminal: their browser goes to the provider and comes back to a listener on the loopback
 * address (RFC 8252), authorization code with PKCE. The token is the provider's own; nothing here makes one.
 *
 * @throws {AuthProxyError} `identity` when the provider refuses or does not answer, or nobody signs in in time
 */
export async function signInFromTerminal(options: TerminalSignInOptions): Promise<TerminalTokens> {
  const { issuer, clientId, scopes, timeoutMs } = options;
  const provider = createProvider({ id: 'terminal', label: 'terminal', issuer, clientId, scopes });
  const arrival = createArrival();
  const state = randomBytes(32).toString('base64url');

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const address = new URL(request.url ?? '/', origin());
    const ours = address.pathname === CALLBACK && address.searchParams.get('state') === state;
    response.writeHead(ours ? 200 : 404, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(ours ? 'You can close this window and go on in the terminal.\n' : 'not found\n');
    if (ours) arrival.resolve(address);
  }
  const server = createServer(answer);
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const timer = setTimeout(
    () =>
      arrival.reject(new AuthProxyError('identity', `nobody signed in within ${timeoutMs / 1000} seconds`)),
    timeoutMs,
  );
  try {
    const checks = {
      redirectUri: `${origin()}${CALLBACK}`,
      state,
      nonce: randomBytes(32).toString('base64url'),
      codeVerifier: randomBytes(48).toString('base64url'),
    };
    options.show(await addressOf(provider.authorizationUrl(checks), issuer));
    const result = await provider.exchange(await arrival.promise, checks);
    switch (result.kind) {
      case 'vouched':
        return { idToken: result.idToken, accessToken: result.accessToken };
      case 'refused':
        throw new AuthProxyError('identity', `\`${issuer}\` refused the sign-in: ${result.code}`);
      case 'unavailable':
        throw new AuthProxyError('identity', `\`${issuer}\` does not answer as it should: ${result.cause}`);
      default:
        return result satisfies never;
    }
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  }
}

async function addressOf(address: Promise<URL>, issuer: string): Promise<string> {
  try {
    return (await address).href;
  } catch (cause) {
    throw new AuthProxyError('identity', `\`${issuer}\` cannot be asked how to sign in; check the address`, {
      cause,
    });
  }
}

/** Somebody will come back, or nobody in time. */
function createArrival() {
  let resolve: (address: URL) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<URL>((onCome, onFail) => {
    resolve = onCome;
    reject = onFail;
  });
  // Told to whoever waits; the wait may begin only later.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
