import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface FakeProvider {
  readonly issuer: string;
  /** What the token endpoint does next, and so on until it is changed. */
  answer: 'tokens' | 'invalid_grant' | 'invalid_client' | 'broken';
  /** Claims of the ID token beside the usual ones; `sub` may be set too. */
  claims: Record<string, unknown>;
  /** The nonce of the authorization request, for the ID token. */
  nonce: string | undefined;
  /** Bodies of the requests to the token endpoint. */
  readonly tokenRequests: URLSearchParams[];
  logoutToken(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

/** As much of an OpenID Provider as a gateway asks, doing what a test says; http on the loopback address. */
export async function startFakeProvider(clientId: string): Promise<FakeProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createServer(async (request, response) => {
    const { status, body } = await respond(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const issuer = `http://127.0.0.1:${address.port}`;

  const provider: FakeProvider = {
    issuer,
    answer: 'tokens',
    claims: {},
    nonce: undefined,
    tokenRequests: [],
    logoutToken: (claims, header = {}) =>
      sign({ jti: randomUUID(), ...claims }, { typ: 'logout+jwt', ...header }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
    return new SignJWT({ iss: issuer, aud: clientId, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
      .sign(privateKey);
  }

  async function respond(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    switch (new URL(request.url ?? '/', issuer).pathname) {
      case '/.well-known/openid-configuration':
        return {
          status: 200,
          body: {
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/jwks`,
            end_session_endpoint: `${issuer}/end`,
            id_token_signing_alg_values_supported: ['RS256'],
          },
        };
      case '/jwks':
        return { status: 200, body: { keys: [jwk] } };
      case '/token':
        return answerToken(new URLSearchParams(await bodyOf(request)));
      default:
        return { status: 404, body: {} };
    }
  }

  async function answerToken(form: URLSearchParams): Promise<{ status: number; body: unknown }> {
    provider.tokenRequests.push(form);
    switch (provider.answer) {
      case 'invalid_grant':
        return { status: 400, body: { error: 'invalid_grant' } };
      case 'invalid_client':
        return { status: 401, body: { error: 'invalid_client' } };
      case 'broken':
        return { status: 500, body: {} };
      case 'tokens': {
        const now = Math.floor(Date.now() / 1000);
        const claims = { sub: 'ada', iat: now, exp: now + 600, nonce: provider.nonce, ...provider.claims };
        return {
          status: 200,
          body: {
            access_token: 'access',
            token_type: 'Bearer',
            expires_in: 600,
            refresh_token: `refresh-${provider.tokenRequests.length}`,
            id_token: await sign(claims),
          },
        };
      }
      default:
        return provider.answer satisfies never;
    }
  }

  return provider;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
