import type { SessionEvent } from '../../audit/session.js';
import { type Answer, CONTENT_TYPES, createAnswer } from '../answers/answer.js';
import { challengeFor } from '../answers/challenge.js';
import { renderDenial } from '../answers/deny.js';
import {
  authPathOf,
  type ControlCall,
  type ControlOptions,
  type DevelopmentPerson,
  homePathOf,
} from './call.js';
import { setCookie } from './cookie.js';
import { IDENTITY_DENIALS } from './identity-denial.js';
import { nextLoginTrip } from './login-loop.js';
import { checkOrigin } from './origin.js';
import { developmentPage, loopPage, noLoginPage } from './sign-in-pages.js';
import { requireWebUrl } from './web-url.js';

/**
 * `GET` and `POST /.auth/login`. GET shows the way in: the development sign-in, a redirect to the platform's, or words.
 * POST is the development sign-in. `rd` is the way back and is checked wherever it comes from.
 */
export function createSignIn(options: ControlOptions) {
  const { identify, audit, development, platform, supportContact, nowMs = Date.now } = options;
  const [cookieName] = options.cookieNames;
  if (platform !== undefined) requireWebUrl('platform.login.url', platform.url);

  function wayBack(value: string | undefined, { context }: ControlCall): string {
    const checked = options.checkReturn(value, context.origin);
    return checked === '/' ? homePathOf(context) : checked;
  }

  async function showSignIn(call: ControlCall): Promise<Answer> {
    const { context, query, request } = call;
    const { requestId } = context;
    const returnTo = wayBack(query.get('rd') ?? undefined, call);
    const identity = await identify(request);
    switch (identity.kind) {
      case 'authenticated':
        return redirect(302, requestId, returnTo);
      case 'ambiguous':
      case 'unverifiable':
        return renderDenial({
          reason: IDENTITY_DENIALS[identity.kind],
          surface: 'html',
          requestId,
          supportContact,
        });
      case 'anonymous':
      case 'rejected':
        break;
      default:
        return identity satisfies never;
    }
    const refused = identity.kind === 'rejected';
    if (development !== undefined) {
      return peoplePage(
        call,
        200,
        returnTo,
        refused ? 'Your last sign-in is not valid any more.' : undefined,
      );
    }
    if (platform === undefined)
      return page(200, requestId, noLoginPage({ requestId, cookieName, supportContact }));

    const trip = nextLoginTrip({
      cookieHeader: request.headers.cookie,
      identity: identity.kind,
      again: query.has('again'),
      nowMs: nowMs(),
      secure: isSecure(call),
    });
    if (trip.kind === 'loop') {
      const reason = IDENTITY_DENIALS[identity.kind];
      const authPath = authPathOf(context);
      return page(
        401,
        requestId,
        loopPage({ authPath, requestId, returnTo, refused, cookieName, supportContact }),
        {
          'www-authenticate': challengeFor(reason) ?? 'Bearer',
          'x-auth-proxy-reason': reason,
        },
      );
    }
    const location = new URL(platform.url);
    location.searchParams.set(platform.returnParam, `${context.origin}${returnTo}`);
    return redirect(302, requestId, location.href, [trip.cookie]);
  }

  async function signIn(call: ControlCall): Promise<Answer> {
    const { context, form, request } = call;
    const { requestId } = context;
    if (development === undefined)
      return page(404, requestId, noLoginPage({ requestId, cookieName, supportContact }));
    const origin = checkOrigin(request, context.origin);
    if (origin.kind === 'foreign') {
      const { detail } = origin;
      record(call, 403, 'cross-site', undefined);
      return renderDenial({
        reason: 'cross-site',
        surface: 'html',
        requestId,
        detail,
        homePath: homePathOf(context),
      });
    }
    const returnTo = wayBack(form.rd, call);
    const person = development.people.find(({ id }) => id === form.person);
    if (person === undefined) {
      record(call, 400, 'unknown-person', undefined);
      return peoplePage(call, 400, returnTo, 'Choose one of these people.');
    }
    const { token, maxAgeSeconds } = await development.mintToken(person.id);
    record(call, 303, 'development-sign-in', person);
    const cookie = setCookie(cookieName, token, { path: '/', maxAgeSeconds, secure: isSecure(call) });
    return redirect(303, requestId, returnTo, [cookie]);
  }

  function peoplePage(
    { context }: ControlCall,
    status: number,
    returnTo: string,
    notice: string | undefined,
  ): Answer {
    const { requestId } = context;
    const people = development?.people ?? [];
    const authPath = authPathOf(context);
    return page(status, requestId, developmentPage({ authPath, requestId, returnTo, people, notice }));
  }

  function record(
    { context, request }: ControlCall,
    statusCode: number,
    reason: SessionEvent['reason'],
    person: DevelopmentPerson | undefined,
  ): void {
    audit({
      kind: 'sign-in',
      outcome: person === undefined ? 'failure' : 'success',
      reason,
      principal:
        person === undefined
          ? undefined
          : { kind: 'user', id: person.id, email: person.email, name: person.name, groups: [] },
      requestId: context.requestId,
      method: request.method ?? '',
      path: `${authPathOf(context)}/login`,
      statusCode,
      sourceIp: context.sourceIp,
    });
  }

  return { showSignIn, signIn };
}

function isSecure({ context }: ControlCall): boolean {
  return context.origin.startsWith('https://');
}

function page(status: number, requestId: string, body: string, headers?: Record<string, string>): Answer {
  return createAnswer({ status, requestId, contentType: CONTENT_TYPES.html, body, headers });
}

function redirect(
  status: 302 | 303,
  requestId: string,
  location: string,
  cookies?: readonly string[],
): Answer {
  return createAnswer({
    status,
    requestId,
    contentType: undefined,
    body: '',
    headers: { location },
    cookies,
  });
}
