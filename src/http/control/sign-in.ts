import type { Identity } from '../../domain/identity.js';
import type { Answer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import { authPathOf, type ControlCall, type ControlOptions, homePathOf } from './call.js';
import { IDENTITY_DENIALS } from './identity-denial.js';
import { nextLoginTrip } from './login-loop.js';
import { pageAnswer, redirectAnswer } from './page-answer.js';
import { choicePage, developmentPage, loopPage, noLoginPage } from './sign-in-pages.js';
import { requireWebUrl } from './web-url.js';

/** Query key of a provider that was chosen, and the choice that stands for the platform's own sign-in. */
const PROVIDER_KEY = 'provider';
const PLATFORM_KEY = 'platform';

/** One way in. */
interface Choice {
  readonly label: string;
  readonly query: string;
  go(
    returnTo: string,
    call: ControlCall,
  ): Promise<{ readonly location: string; readonly cookies: string[] } | undefined>;
}

/**
 * `GET /.auth/login`: the development sign-in, a redirect to the only way in, a page to choose one of several, or words.
 * `rd` is the way back and is checked wherever it comes from.
 */
export function createSignIn(options: ControlOptions) {
  const { identify, development, platform, oidc, supportContact, brand, nowMs = Date.now } = options;
  const [cookieName] = options.cookieNames;
  const choices = [...providerChoices(oidc), ...platformChoice(platform)];

  return async function showSignIn(call: ControlCall): Promise<Answer> {
    const { context, query, request } = call;
    const { requestId } = context;
    const returnTo = wayBack(options, query.get('rd') ?? undefined, call);
    const identity = await identify(request);
    switch (identity.kind) {
      case 'authenticated':
        return redirectAnswer(302, requestId, returnTo);
      case 'ambiguous':
      case 'unverifiable':
        return renderDenial({
          reason: IDENTITY_DENIALS[identity.kind],
          surface: 'html',
          requestId,
          supportContact,
          brand,
        });
      case 'anonymous':
      case 'rejected':
        break;
      default:
        return identity satisfies never;
    }
    const notice = identity.kind === 'rejected' ? 'Your last sign-in is not valid any more.' : undefined;
    const authPath = authPathOf(context);
    if (development !== undefined) {
      const { people } = development;
      const body = developmentPage({ authPath, requestId, returnTo, people, notice, brand });
      return pageAnswer({ status: 200, requestId, body });
    }
    const chosen = choices.length === 1 ? choices[0] : choices.find((choice) => wants(query, choice.query));
    if (chosen !== undefined) return depart(chosen, identity.kind, returnTo, call);
    const body =
      choices.length === 0
        ? noLoginPage({ requestId, cookieName, supportContact, brand })
        : choicePage({ authPath, requestId, returnTo, choices, notice, brand });
    return pageAnswer({ status: 200, requestId, body });
  };

  async function depart(
    choice: Choice,
    identity: Exclude<Identity['kind'], 'authenticated'>,
    returnTo: string,
    call: ControlCall,
  ): Promise<Answer> {
    const { request, query, context } = call;
    const { requestId } = context;
    const trip = nextLoginTrip({
      cookieHeader: request.headers.cookie,
      identity,
      again: query.has('again'),
      nowMs: nowMs(),
      secure: context.origin.startsWith('https://'),
    });
    if (trip.kind === 'loop') {
      const body = loopPage({
        authPath: authPathOf(context),
        requestId,
        returnTo,
        choice: choice.query,
        refused: identity === 'rejected',
        cookieName,
        supportContact,
        brand,
      });
      return pageAnswer({ status: 401, requestId, body, reason: IDENTITY_DENIALS[identity] });
    }
    const way = await choice.go(returnTo, call);
    if (way === undefined) {
      return renderDenial({
        reason: 'identity-unavailable',
        surface: 'html',
        requestId,
        supportContact,
        brand,
      });
    }
    return redirectAnswer(302, requestId, way.location, { cookies: [trip.cookie, ...way.cookies] });
  }
}

/** The checked way back; without one, where the caller's ingress begins. */
export function wayBack(
  { checkReturn }: Pick<ControlOptions, 'checkReturn'>,
  value: string | undefined,
  { context }: ControlCall,
): string {
  const checked = checkReturn(value, context.origin);
  return checked === '/' ? homePathOf(context) : checked;
}

function providerChoices(oidc: ControlOptions['oidc']): Choice[] {
  return (oidc?.providers ?? []).map(({ id, label }) => ({
    label,
    query: `${PROVIDER_KEY}=${id}`,
    async go(returnTo, { context }) {
      const trip = await oidc?.begin({ provider: id, origin: context.origin, returnTo });
      return trip?.kind === 'go' ? { location: trip.location, cookies: [trip.cookie] } : undefined;
    },
  }));
}

function platformChoice(platform: ControlOptions['platform']): Choice[] {
  if (platform === undefined) return [];
  const url = requireWebUrl('platform.login.url', platform.url);
  return [
    {
      label: url.hostname,
      query: `${PLATFORM_KEY}=1`,
      async go(returnTo, { context }) {
        const location = new URL(url);
        location.searchParams.set(platform.returnParam, `${context.origin}${returnTo}`);
        return { location: location.href, cookies: [] };
      },
    },
  ];
}

function wants(query: URLSearchParams, choice: string): boolean {
  const [key = '', value = ''] = choice.split('=');
  return query.get(key) === value;
}
