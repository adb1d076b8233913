import type { Answer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import { authPathOf, type ControlCall, type ControlOptions, homePathOf } from './call.js';
import { setCookie } from './cookie.js';
import { checkOrigin } from './origin.js';
import { pageAnswer, redirectAnswer } from './page-answer.js';
import { recordSession } from './record.js';
import { wayBack } from './sign-in.js';
import { developmentPage, noLoginPage } from './sign-in-pages.js';

/** `POST /.auth/login`: signs in as one of the people of `development.people`, without a password. */
export function createDevelopmentSignIn(options: ControlOptions) {
  const { development, supportContact, brand } = options;
  const [cookieName] = options.cookieNames;

  return async function signIn(call: ControlCall): Promise<Answer> {
    const { context, form, request } = call;
    const { requestId } = context;
    if (development === undefined) {
      const body = noLoginPage({ requestId, cookieName, supportContact, brand });
      return pageAnswer({ status: 404, requestId, body });
    }
    const origin = checkOrigin(request, context.origin);
    if (origin.kind === 'foreign') {
      const { detail } = origin;
      recordSession(options, call, 'sign-in', {
        page: 'login',
        outcome: 'failure',
        reason: 'cross-site',
        statusCode: 403,
      });
      return renderDenial({
        reason: 'cross-site',
        surface: 'html',
        requestId,
        detail,
        brand,
        homePath: homePathOf(context),
      });
    }
    const returnTo = wayBack(options, form.rd, call);
    const { people } = development;
    const person = people.find(({ id }) => id === form.person);
    if (person === undefined) {
      recordSession(options, call, 'sign-in', {
        page: 'login',
        outcome: 'failure',
        reason: 'unknown-person',
        statusCode: 400,
      });
      const notice = 'Choose one of these people.';
      const body = developmentPage({
        authPath: authPathOf(context),
        requestId,
        returnTo,
        people,
        notice,
        brand,
      });
      return pageAnswer({ status: 400, requestId, body });
    }
    const { token, maxAgeSeconds } = await development.mintToken(person.id);
    const { id, email, name } = person;
    recordSession(options, call, 'sign-in', {
      page: 'login',
      outcome: 'success',
      reason: 'development-sign-in',
      statusCode: 303,
      principal: { kind: 'user', id, email, name, groups: [] },
    });
    const secure = context.origin.startsWith('https://');
    const cookie = setCookie(cookieName, token, { path: '/', maxAgeSeconds, secure });
    return redirectAnswer(303, requestId, returnTo, { cookies: [cookie] });
  };
}
