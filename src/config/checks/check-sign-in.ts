import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';
import { isLoopback } from '../schema/is-loopback.js';

type Provider = NonNullable<Config['signIn']>['providers'][number];

/** One who vouches for people: a provider people sign in at, or an issuer whose tokens are taken. */
interface Voucher {
  readonly issuer: string;
  readonly prefix: string;
  readonly principal: string;
  readonly name: string;
}

/** Providers apart from one another and from the platform's issuers, and sessions that cannot be overheard. */
export function checkSignIn(config: Config, nameOf: NameOf): Finding[] {
  const { signIn, server, platform } = config;
  if (signIn === undefined) return [];
  const findings = [...checkIds(signIn.providers, nameOf), ...checkPeople(config, nameOf)];
  const { cookie } = signIn.session;
  if ([cookie, `__Host-${cookie}`].includes(platform.cookie)) {
    findings.push({
      path: ['signIn', 'session', 'cookie'],
      message: '`signIn.session.cookie` is the name of `platform.cookie` too; give it another one',
    });
  }
  const schemes = new Set(server.publicUrl.map((url) => new URL(url).protocol));
  const path = ['server', 'publicUrl'];
  if (schemes.size > 1) {
    findings.push({
      path,
      message:
        '`server.publicUrl` names http and https; with `signIn` use one of them, or a session of one would not be known at the other',
    });
  }
  const plain = server.publicUrl.find(
    (url) => url.startsWith('http://') && !isLoopback(new URL(url).hostname),
  );
  if (plain !== undefined) {
    findings.push({
      path,
      message: `\`server.publicUrl\` names \`${plain}\`: with \`signIn\` whoever listens on the way could take over sessions; use https (http only on a loopback address)`,
    });
  }
  return findings;
}

function checkIds(providers: readonly Provider[], nameOf: NameOf): Finding[] {
  return providers.flatMap(({ id }, index): Finding[] => {
    if (providers.findIndex((other) => other.id === id) === index) return [];
    const path = ['signIn', 'providers', index, 'id'];
    return [{ path, message: `\`${nameOf(path)}\` is \`${id}\`, as another provider’s; give it its own` }];
  });
}

/** Two vouchers must not speak of two people by one name, nor of one person by two. */
function checkPeople({ signIn, platform }: Config, nameOf: NameOf): Finding[] {
  const issuers = platform.issuers.map(
    ({ issuer, subjectPrefix = '', claims }, index): Voucher => ({
      issuer,
      prefix: subjectPrefix,
      principal: claims.principal,
      name: `platform.issuers[${index}]`,
    }),
  );
  const seen: Voucher[] = issuers;
  return (signIn?.providers ?? []).flatMap(({ issuer, subjectPrefix = '', claims }, index): Finding[] => {
    const path = ['signIn', 'providers', index];
    const mine: Voucher = {
      issuer,
      prefix: subjectPrefix,
      principal: claims.principal,
      name: nameOf(path),
    };
    const others = [...seen];
    seen.push(mine);
    const twin = others.find((other) => sameIssuer(other.issuer, issuer));
    if (twin !== undefined) {
      if (twin.prefix === mine.prefix && twin.principal === mine.principal) return [];
      return [
        {
          path,
          message: `\`${mine.name}\` and \`${twin.name}\` are one issuer, but name people differently; give both the same \`claims.principal\` and \`subjectPrefix\``,
        },
      ];
    }
    const clash = others.find((other) => overlap(other.prefix, mine.prefix));
    if (clash === undefined) return [];
    return [
      {
        path: [...path, 'subjectPrefix'],
        message: `\`${nameOf([...path, 'subjectPrefix'])}\` must be set and begin unlike \`${clash.name}.subjectPrefix\`, so that no two people share a name`,
      },
    ];
  });
}

/** One without a prefix is enough; the others must not begin alike. */
function overlap(a: string, b: string): boolean {
  if (a === '' || b === '') return a === b;
  return a.startsWith(b) || b.startsWith(a);
}

function sameIssuer(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) ? new URL(a).href === new URL(b).href : a === b;
}
