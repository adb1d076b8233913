import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { type Answer, jsonAnswer, sendAnswer } from '../answers/answer.js';
import { renderDenial } from '../answers/deny.js';
import { createBackchannelLogout } from './backchannel.js';
import type { ControlCall, ControlContext, ControlOptions } from './call.js';
import { createCallback } from './callback.js';
import { createDevelopmentSignIn } from './development-sign-in.js';
import { createKeys } from './keys.js';
import { createMe } from './me.js';
import { createSignIn } from './sign-in.js';
import { createSignOut } from './sign-out.js';
import { createWorkspaces } from './workspaces.js';

export type ControlRoutes = (
  request: IncomingMessage,
  response: ServerResponse,
  context: ControlContext,
) => void;

type Action = (call: ControlCall) => Answer | Promise<Answer>;

/** A form of ours has two short fields. */
const FORM_LIMIT = '4kb';
/** A logout token of a provider is a JWT. */
const TOKEN_FORM_LIMIT = '16kb';

/**
 * Our own pages below `/.auth`: who am I and where may I go, our public keys, sign-in and sign-out. The door has parsed the target and
 * chosen the origin before; nothing here is forwarded, and no header of the request but `Origin`, `Sec-Fetch-Site`,
 * `Cookie` and what `identify` reads is looked at.
 */
export function createControlRoutes(options: ControlOptions): ControlRoutes {
  const contexts = new WeakMap<IncomingMessage, ControlContext>();
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', false);

  /** What a body parser refused, and what was thrown. Express tells an error handler by its four parameters. */
  const answerError: ErrorRequestHandler = (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { requestId } = contextOf(request);
    const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
    const refused = typeof status === 'number' && status < 500;
    if (!refused) options.failed(error, requestId);
    const reason = status === 413 ? 'body-too-long' : refused ? 'ambiguous-request' : 'internal-error';
    sendAnswer(response, renderDenial({ reason, surface: 'json', requestId }), request.method);
  };

  const me = createMe(options);
  const keys = createKeys(options);
  const workspaces = createWorkspaces(options);
  const showSignIn = createSignIn(options);
  const signIn = createDevelopmentSignIn(options);
  const callback = createCallback(options);
  const backchannel = createBackchannelLogout(options);
  const { showSignOut, signOut, showSignedOut } = createSignOut(options);
  const form = express.urlencoded({ extended: false, limit: FORM_LIMIT, parameterLimit: 10 });
  const tokenForm = express.urlencoded({ extended: false, limit: TOKEN_FORM_LIMIT, parameterLimit: 10 });

  app.route('/.auth/me').get(run(me)).all(refuseMethod('GET, HEAD'));
  app.route('/.auth/workspaces').get(run(workspaces)).all(refuseMethod('GET, HEAD'));
  app.route('/.auth/callback/:provider').get(run(callback)).all(refuseMethod('GET'));
  app.route('/.auth/backchannel-logout').post(tokenForm, run(backchannel)).all(refuseMethod('POST'));
  app.route('/.auth/signed-out').get(run(showSignedOut)).all(refuseMethod('GET, HEAD'));
  app.route('/.auth/jwks.json').get(run(keys)).all(refuseMethod('GET, HEAD'));
  app.route('/.auth/login').get(run(showSignIn)).post(form, run(signIn)).all(refuseMethod('GET, HEAD, POST'));
  app
    .route('/.auth/logout')
    .get(run(showSignOut))
    .post(form, run(signOut))
    .all(refuseMethod('GET, HEAD, POST'));
  app.use(run(({ context }) => jsonAnswer(404, context.requestId, { detail: 'not found' })));
  app.use(answerError);

  return function handleControlRequest(request, response, context) {
    contexts.set(request, context);
    // What was judged is what is routed, whatever spelling came in.
    request.url = context.target;
    app(request, response);
  };

  function contextOf(request: IncomingMessage): ControlContext {
    const context = contexts.get(request);
    if (context === undefined) throw new TypeError('a control request without a context');
    return context;
  }

  function run(action: Action): RequestHandler {
    return async (request, response) => {
      const context = contextOf(request);
      const mark = context.target.indexOf('?');
      const query = new URLSearchParams(mark === -1 ? '' : context.target.slice(mark + 1));
      const answer = await action({ request, context, query, form: fieldsOf(request.body) });
      sendAnswer(response, answer, request.method);
    };
  }

  function refuseMethod(allow: string): RequestHandler {
    return run(({ context }) =>
      jsonAnswer(405, context.requestId, { detail: 'method not allowed' }, { allow }),
    );
  }
}

function fieldsOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  const entries = Object.entries(body).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
