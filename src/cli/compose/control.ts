import type { IncomingMessage, ServerResponse } from 'node:http';
import { toSessionRecord } from '../../audit/session.js';
import type { Config } from '../../config/config.js';
import type { Authenticate } from '../../credentials/authenticate.js';
import type { ResolveBindings } from '../../directory/union.js';
import type { Authenticated } from '../../domain/identity.js';
import { sendAnswer } from '../../http/answers/answer.js';
import type { Brand } from '../../http/answers/brand.js';
import { prefersHtml } from '../../http/answers/negotiate.js';
import type { ControlOptions, MembershipAnswer } from '../../http/control/call.js';
import { headerPairs } from '../../http/control/header-pairs.js';
import { createControlRoutes } from '../../http/control/routes.js';
import { createHome } from '../../http/home/home.js';
import { membersIn } from '../../http/home/members.js';
import type { Recent } from '../../http/home/recent.js';
import { appendCookies } from '../../http/public/append-cookies.js';
import type { ControlContext } from '../../http/public/handle.js';
import { checkReturn } from '../../http/public/return-url.js';
import type { PublicService } from '../../http/public/service.js';
import { highestRole, reaching } from '../../policy/effective.js';
import type { Assertions } from './assertions.js';
import type { Directories } from './directories.js';
import type { Issuers } from './issuers.js';
import type { Shared } from './runtime.js';
import type { SignInDoor } from './sign-in.js';
import { createWorkspaceList } from './workspaces.js';

export interface ControlParts {
  readonly config: Config;
  readonly issuers: Issuers;
  readonly assertions: Assertions;
  readonly directories: Directories;
  readonly services: readonly PublicService[];
  readonly authenticate: Authenticate;
  readonly bindingsOf: ResolveBindings;
  readonly shared: Shared;
  readonly recent: Recent;
  readonly brand: Brand;
  readonly signIn: SignInDoor | undefined;
}

const DEVELOPMENT_TOKEN_SECONDS = 12 * 60 * 60;

/** Our own pages: `/.auth/*` and the front page. */
export function composeControl(parts: ControlParts) {
  const { config, services, authenticate, shared, directories, recent, brand, signIn } = parts;
  const origins = config.server.publicUrl;
  const failed = (cause: unknown, requestId: string) =>
    shared.log.error('one of our own pages failed', { requestId, cause });
  const identify = (request: IncomingMessage) => authenticate(headerPairs(request.rawHeaders));
  const workspacesOf = createWorkspaceList({ ...parts, labelOf: directories.labelOf });
  const unlisted = config.roles.sources.flatMap(({ kind }) => (kind === 'file' ? [] : [kind]));
  const routes = createControlRoutes({
    identify,
    deploymentsOf: (caller) => membershipOf(caller, parts),
    publicKeys: async () => (await parts.assertions.publicKeys()).keys,
    checkReturn: (value, origin) => checkReturn(value, [origin]),
    audit: (event) => void shared.audit.write(toSessionRecord(event, Date.now())),
    failed,
    cookieNames: [config.platform.cookie],
    servicePaths: () => services.map(({ path }) => path),
    platform: config.platform.login,
    development: developmentOf(parts),
    oidc: signIn?.oidc,
    workspacesOf,
    supportContact: config.support.contact,
    brand,
  });
  const home = createHome({
    workspacesOf,
    membersOf: (workspace) => ({
      members: directories.listed().flatMap((directory) => membersIn(directory, workspace)),
      unlisted,
    }),
    denialsOf: recent.denialsOf,
    supportContact: config.support.contact,
    brand,
  });

  return function control(req: IncomingMessage, res: ServerResponse, context: ControlContext): void {
    const { requestId, rest, service, client, query } = context;
    if (rest === undefined) {
      const surface = prefersHtml(req.method ?? '', req.headers.accept) ? 'html' : 'json';
      authenticate(context.headers)
        .then((identity) => home({ identity, surface, requestId, query: new URLSearchParams(query) }))
        .then((answer) => {
          appendCookies(res, signIn?.renewalOf(context.headers) ?? []);
          sendAnswer(res, answer, req.method);
        })
        .catch((error: unknown) => {
          failed(error, requestId);
          res.destroy();
        });
      return;
    }
    const host = client.host;
    const own = service?.origins ?? origins;
    routes(req, res, {
      requestId,
      target: `/.auth/${rest.map(encodeURIComponent).join('/')}${query === undefined ? '' : `?${query}`}`,
      basePath: service === undefined || service.path === '/' ? '' : service.path,
      origin: own.find((origin) => new URL(origin).host === host) ?? own[0] ?? '',
      sourceIp: client.ip,
    });
  };
}

function developmentOf({ config, issuers }: ControlParts): ControlOptions['development'] {
  const { development } = issuers;
  if (development === undefined) return undefined;
  const { people } = config.development;
  return {
    people,
    async mintToken(personId) {
      const person = people.find(({ id }) => id === personId);
      if (person === undefined) throw new RangeError('nobody of that id can be signed in as');
      return {
        token: await development.mint(person, DEVELOPMENT_TOKEN_SECONDS),
        maxAgeSeconds: DEVELOPMENT_TOKEN_SECONDS,
      };
    },
  };
}

async function membershipOf(
  caller: Authenticated,
  { services, bindingsOf }: ControlParts,
): Promise<MembershipAnswer> {
  const { bindings, unavailable } = await bindingsOf(caller);
  if (unavailable.length > 0) return { kind: 'unavailable' };
  const places = new Map(services.map(({ deployment, workspace }) => [deployment, workspace]));
  return {
    kind: 'found',
    deployments: [...places].flatMap(([id, workspace]) => {
      const role = highestRole(reaching(bindings, { deployment: id, workspace }));
      return role === undefined ? [] : [{ id, workspace, role }];
    }),
  };
}
