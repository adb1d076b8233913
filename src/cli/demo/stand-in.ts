import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { STAND_IN_PAGES, STAND_IN_RESOURCES, standInPage } from './stand-in-content.js';

export interface StandInOptions {
  readonly basePath: string;
  /** The secret our assertions are signed with; the stand-in checks them as Airflow 3 would. */
  readonly jwtSecret: string;
}

export interface StandIn {
  /** Where it listens, on loopback, without the base path. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Who a checked assertion says is asking. */
export interface StandInCaller {
  readonly sub: string;
  readonly role: string;
}

/** Said at start-up wherever the stand-in is used. */
export const STAND_IN_WARNING =
  'THIS IS NOT AIRFLOW: behind the gateway stands an embedded stand-in that shows who the caller is and has nothing to run';

/**
 * A tiny upstream for machines without Python. It knows a few paths of Airflow 3 and answers with who is asking,
 * so that what the gateway lets through can be seen. It checks the assertion's signature, audience and expiry.
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const server = createServer((request, response) => {
    request.resume();
    const answer = answerTo(request, options);
    response.writeHead(answer.status, {
      'content-type': answer.type,
      'cache-control': 'no-store',
      'x-stand-in': 'true',
    });
    response.end(answer.body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/html; charset=utf-8';
  readonly body: string;
}

function answerTo(request: IncomingMessage, options: StandInOptions): Answer {
  const path = pathBelow(options.basePath, request.url ?? '/');
  if (path === undefined) return json(404, { detail: 'the stand-in is not at this location' });
  const open = STAND_IN_RESOURCES.find((resource) => resource.open && resource.path.test(path));
  if (open !== undefined) return json(200, open.body);
  const caller = callerOf(request.headers.authorization, options.jwtSecret);
  if (caller === undefined) return json(401, { detail: 'Not authenticated' });
  if (path === '/ui/auth/me') return json(200, { id: caller.sub, username: caller.sub });
  const resource = STAND_IN_RESOURCES.find(({ path: pattern }) => pattern.test(path));
  if (resource !== undefined) {
    return json(200, { stand_in: true, asked_by: caller, method: request.method, ...resource.body });
  }
  if (STAND_IN_PAGES.some((page) => page.path === path)) {
    return {
      status: 200,
      type: 'text/html; charset=utf-8',
      body: standInPage(options.basePath, path, caller),
    };
  }
  return json(404, { detail: 'the stand-in has no such route' });
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function pathBelow(basePath: string, target: string): string | undefined {
  const path = target.split('?', 1)[0] ?? '';
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}

/** Checks an HS512 assertion by hand (RFC 7515 5.2): one algorithm, one key, one audience. */
function callerOf(authorization: string | undefined, secret: string): StandInCaller | undefined {
  const [head, payload, signature] = authorization?.replace(/^Bearer /, '').split('.') ?? [];
  if (head === undefined || payload === undefined || signature === undefined) return undefined;
  const expected = createHmac('sha512', secret).update(`${head}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  if (typeof claims !== 'object' || claims === null || !('sub' in claims) || !('role' in claims))
    return undefined;
  if (!('aud' in claims) || claims.aud !== 'apache-airflow') return undefined;
  if (!('exp' in claims) || typeof claims.exp !== 'number' || claims.exp * 1000 < Date.now())
    return undefined;
  return { sub: String(claims.sub), role: String(claims.role) };
}
