import type { IncomingMessage } from 'node:http';
import type { SessionEvent } from '../../audit/session.js';
import type { Authenticated, Identity } from '../../domain/identity.js';
import type { Role } from '../../domain/role.js';
import type { BackchannelAnswer } from '../../session/backchannel.js';
import type { RawHeaders } from '../../session/raw-headers.js';
import type { SignIn } from '../../session/sign-in.js';
import type { SignedOut } from '../../session/sign-out.js';
import type { Brand } from '../answers/brand.js';
import type { HomeWorkspace } from '../home/model.js';

/** What the public door knows of a request for one of our own pages. */
export interface ControlContext {
  readonly requestId: string;
  /** Canonical target from `/.auth` on, query included. */
  readonly target: string;
  /** What of the path stands before `/.auth`: empty, or a service's path without a final slash. */
  readonly basePath: string;
  /** Our own origin that the caller is on; never one a client made up. */
  readonly origin: string;
  readonly sourceIp: string | undefined;
}

/** One request for one of our own pages. */
export interface ControlCall {
  readonly request: IncomingMessage;
  readonly context: ControlContext;
  readonly query: URLSearchParams;
  /** Fields of a small form that came by POST; each at most once, else absent. */
  readonly form: Readonly<Record<string, string>>;
}

export interface Membership {
  readonly id: string;
  readonly workspace: string;
  /** The highest role that reaches it. */
  readonly role: Role;
}

export type MembershipAnswer =
  | { readonly kind: 'found'; readonly deployments: readonly Membership[] }
  /** Some role source did not answer: an incomplete list would mislead. */
  | { readonly kind: 'unavailable' };

export interface DevelopmentPerson {
  readonly id: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** Where the platform signs people in and out. Absolute http(s) URLs. */
export interface PlatformLogin {
  readonly url: string;
  /** Query key under which the absolute way back is handed over. */
  readonly returnParam: string;
  readonly logoutUrl?: string | undefined;
}

/** Sign-in at OpenID Providers. */
export interface ProviderSignIn extends SignIn {
  readonly providers: readonly { readonly id: string; readonly label: string }[];
  /** Where the person in these headers would be signed out too; undefined where nowhere. */
  signOutTarget(headers: RawHeaders, origin: string): Promise<string | undefined>;
  endSession(headers: RawHeaders, origin: string): Promise<SignedOut>;
  endFromProvider(token: string): Promise<BackchannelAnswer>;
}

export interface ControlOptions {
  /** Reads and checks the credential of a request. */
  readonly identify: (request: IncomingMessage) => Promise<Identity>;
  readonly deploymentsOf: (caller: Authenticated) => Promise<MembershipAnswer>;
  /** JWKs with which upstreams check our assertions. Private members are never passed on. */
  readonly publicKeys: () => readonly object[] | Promise<readonly object[]>;
  /** The way back: a canonical path on `origin`, `/` where the value is anything else. */
  readonly checkReturn: (value: string | undefined, origin: string) => string;
  readonly audit: (event: SessionEvent) => void;
  /** Told what was thrown while answering. */
  readonly failed: (error: unknown, requestId: string) => void;
  /** Cookies a platform token is read from; the first is the one the development sign-in sets. */
  readonly cookieNames: readonly [string, ...string[]];
  /** Public paths of all services: Airflow's own cookies are cleared there. */
  readonly servicePaths: () => readonly string[];
  readonly platform?: PlatformLogin | undefined;
  /** Only with `development.issuer`: people to sign in as without a password. */
  readonly development?:
    | {
        readonly people: readonly DevelopmentPerson[];
        readonly mintToken: (
          personId: string,
        ) => Promise<{ readonly token: string; readonly maxAgeSeconds: number }>;
      }
    | undefined;
  readonly oidc?: ProviderSignIn | undefined;
  /** The same as the front page lists; undefined: some role source did not answer. */
  readonly workspacesOf: (caller: Authenticated) => Promise<readonly HomeWorkspace[] | undefined>;
  readonly supportContact?: string | undefined;
  readonly brand?: Brand | undefined;
  readonly nowMs?: (() => number) | undefined;
}

/** Our own pages' path as the caller's ingress passes it. */
export function authPathOf({ basePath }: ControlContext): string {
  return `${basePath}/.auth`;
}

/** Where somebody goes on who came for nothing else. */
export function homePathOf({ basePath }: ControlContext): string {
  return `${basePath}/`;
}
