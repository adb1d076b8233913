import { type Command, InvalidArgumentError } from 'commander';
import { AuthProxyError } from '../../domain/errors.js';
import { signInFromTerminal } from '../../session/terminal.js';

export interface LoginOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly port: number;
  readonly timeout: number;
  readonly accessToken: boolean;
}

/**
 * Signs in at a provider and returns its token for `Authorization: Bearer`. The gateway takes it where
 * `platform.issuers` names the provider and the client (the audience of an ID token).
 */
export async function login(options: LoginOptions): Promise<string> {
  const { issuer, clientId, scope, port, timeout, accessToken } = options;
  if (!URL.canParse(issuer) || !/^https?:$/.test(new URL(issuer).protocol))
    throw new AuthProxyError('config', `\`${issuer}\` is not the URL of a provider`);
  const tokens = await signInFromTerminal({
    issuer,
    clientId,
    scopes: scope.split(' ').filter((part) => part !== ''),
    port,
    timeoutMs: timeout * 1000,
    show: (address) => process.stderr.write(`Open this address to sign in:\n\n  ${address}\n\n`),
  });
  if (accessToken) return tokens.accessToken;
  if (tokens.idToken === undefined)
    throw new AuthProxyError('identity', 'the provider gave no ID token; ask for the scope `openid`');
  return tokens.idToken;
}

export function addLoginCommand(program: Command, print: (text: string) => void): void {
  program
    .command('login')
    .description('Sign in at an OpenID Provider with the browser and print its token, for curl and CI.')
    .requiredOption('--issuer <url>', 'the provider, as platform.issuers of the gateway names it')
    .requiredOption('--client-id <id>', 'a public client of the provider with loopback redirects')
    .option('--scope <scopes>', 'what to ask for', 'openid profile email')
    .option('--port <port>', 'port of http://127.0.0.1:<port>/callback; 0 is any', readNumber(0, 65_535), 0)
    .option('--timeout <seconds>', 'how long to wait for you', readNumber(1, 3600), 300)
    .option('--access-token', 'print the access token instead of the ID token', false)
    .addHelpText(
      'after',
      '\nExample:\n  TOKEN=$(airflow-auth-proxy login --issuer https://idp.example.com --client-id airflow-cli)\n  curl -H "Authorization: Bearer $TOKEN" https://airflow.example.com/.auth/me',
    )
    .action(async (options: LoginOptions) => print(await login(options)));
}

function readNumber(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`write a number from ${min} to ${max}.`);
  };
}
