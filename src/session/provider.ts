import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  ResponseBodyError,
  refreshTokenGrant,
  type ServerMetadata,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';

export interface ProviderOptions {
  readonly id: string;
  /** What people read on the sign-in page. */
  readonly label: string;
  /** https, or http on a loopback address. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client, which PKCE alone protects. */
  readonly clientSecret?: string | undefined;
  readonly scopes: readonly string[];
  /** Further parameters of the authorization request, as `prompt` or `access_type`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Whether to ask the userinfo endpoint too: some providers tell groups only there. */
  readonly userinfo?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What a provider said of a person; validated. */
export interface Vouched {
  readonly kind: 'vouched';
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly idToken: string | undefined;
  /** Not kept by sessions. */
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** How long the access token lives; undefined where the provider does not say. */
  readonly expiresInSeconds: number | undefined;
}

export type ProviderAnswer =
  | Vouched
  /** The provider, or our check of what it said, refused. `code` is from a closed vocabulary of OAuth. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unavailable'; readonly cause: string };

/** What binds a trip to the provider and back to one browser. */
export interface AuthorizationChecks {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** One OpenID Provider (OpenID Connect Core 1.0). Nothing here rejects but {@link Provider.authorizationUrl}. */
export interface Provider {
  readonly options: ProviderOptions;
  /** Rejects where the provider's metadata cannot be read. */
  authorizationUrl(checks: AuthorizationChecks): Promise<URL>;
  /** `current` is the whole address of the callback, by our origin. */
  exchange(current: URL, checks: AuthorizationChecks): Promise<ProviderAnswer>;
  refresh(refreshToken: string, subject: string): Promise<ProviderAnswer>;
  /** Undefined: the provider has no sign-out page, or cannot be asked for it now. */
  endSessionUrl(idToken: string | undefined, returnTo: string): Promise<URL | undefined>;
  metadata(): Promise<ServerMetadata>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** The provider's metadata is read again after so long, as keys and endpoints may move. */
const METADATA_MAX_AGE_MS = 60 * 60 * 1000;
/** A provider that does not answer is not asked by every request. */
const RETRY_AFTER_MS = 2000;

/**
 * Speaks with one provider: discovery, authorization code with PKCE, state and nonce, refresh, sign-out. ID tokens are
 * validated with the signature, also those that came over TLS from the provider itself.
 */
export function createProvider(options: ProviderOptions, now: () => number = Date.now): Provider {
  const { issuer, clientId, clientSecret, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const insecure = new URL(issuer).protocol === 'http:';
  let current: { readonly since: number; readonly configuration: Promise<Configuration> } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  async function discover(): Promise<Configuration> {
    const found = await discovery(new URL(issuer), clientId, undefined, None(), {
      timeout: timeoutMs / 1000,
      ...(insecure ? { execute: [allowInsecureRequests] } : {}),
    });
    const server = found.serverMetadata();
    const configuration = new Configuration(server, clientId, {}, authenticationFor(server));
    configuration.timeout = timeoutMs / 1000;
    if (insecure) allowInsecureRequests(configuration);
    enableNonRepudiationChecks(configuration);
    return configuration;
  }

  /** OpenID Connect Discovery 3: what is not listed is `client_secret_basic`. */
  function authenticationFor({ token_endpoint_auth_methods_supported: methods }: ServerMetadata): ClientAuth {
    if (clientSecret === undefined) return None();
    const basic = methods === undefined || methods.includes('client_secret_basic');
    return basic ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
  }

  function configured(): Promise<Configuration> {
    const at = now();
    if (current !== undefined && at - current.since < METADATA_MAX_AGE_MS) return current.configuration;
    if (at - failedAt < RETRY_AFTER_MS)
      return Promise.reject(new Error('the provider did not answer just now'));
    const configuration = discover();
    const mine = { since: at, configuration };
    const before = current;
    current = mine;
    configuration.catch(() => {
      if (current !== mine) return;
      failedAt = now();
      current = before;
    });
    return configuration;
  }

  async function vouch(
    configuration: Configuration,
    tokens: TokenEndpointResponse & TokenEndpointResponseHelpers,
    expectedSubject: string | undefined,
  ): Promise<ProviderAnswer> {
    const idClaims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
    const subject = expectedSubject ?? idClaims.sub;
    // OpenID Connect Core 12.2: a refreshed ID token is of the same person.
    if (typeof subject !== 'string' || (idClaims.sub ?? subject) !== subject)
      return { kind: 'refused', code: 'other_subject' };
    const more = options.userinfo
      ? await fetchUserInfo(configuration, tokens.access_token, subject)
      : undefined;
    return {
      kind: 'vouched',
      subject,
      claims: { ...more, ...idClaims },
      idToken: tokens.id_token,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresInSeconds: tokens.expiresIn(),
    };
  }

  return {
    options,

    async authorizationUrl({ redirectUri, state, nonce, codeVerifier }) {
      return buildAuthorizationUrl(await configured(), {
        ...options.parameters,
        redirect_uri: redirectUri,
        scope: options.scopes.join(' '),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
    },

    async exchange(address, { state, nonce, codeVerifier }) {
      try {
        const configuration = await configured();
        const tokens = await authorizationCodeGrant(configuration, address, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        return await vouch(configuration, tokens, undefined);
      } catch (error) {
        return answerOf(error);
      }
    },

    async refresh(refreshToken, subject) {
      try {
        const configuration = await configured();
        return await vouch(configuration, await refreshTokenGrant(configuration, refreshToken), subject);
      } catch (error) {
        return answerOf(error);
      }
    },

    async endSessionUrl(idToken, returnTo) {
      try {
        const configuration = await configured();
        if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
        return buildEndSessionUrl(configuration, {
          post_logout_redirect_uri: returnTo,
          ...(idToken === undefined ? {} : { id_token_hint: idToken }),
        });
      } catch {
        return undefined;
      }
    },

    metadata: async () => (await configured()).serverMetadata(),
  };
}

/** What says that the person may not enter; whatever else went wrong says nothing about the person. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
]);
const MAX_CODE_CHARACTERS = 64;

/** No message of the library gets out: some quote what came. */
function answerOf(error: unknown): ProviderAnswer {
  if (error instanceof AuthorizationResponseError) return { kind: 'refused', code: plainCode(error.error) };
  if (error instanceof ResponseBodyError) {
    // RFC 6749 5.2: `invalid_client` and the like are about us, not about the person.
    return error.error === 'invalid_grant'
      ? { kind: 'refused', code: 'invalid_grant' }
      : { kind: 'unavailable', cause: `the token endpoint says \`${plainCode(error.error)}\`` };
  }
  if (error instanceof ClientError && error.code !== undefined) {
    return FINAL_CODES.has(error.code)
      ? { kind: 'refused', code: error.code }
      : { kind: 'unavailable', cause: error.code };
  }
  return { kind: 'unavailable', cause: error instanceof Error ? error.name : 'unknown fault' };
}

function plainCode(code: string): string {
  return /^[a-z_]+$/.test(code) && code.length <= MAX_CODE_CHARACTERS ? code : 'an unknown error';
}
