import type { Config } from '../config.js';
import type { Finding } from '../finding.js';
import { isLoopback } from '../schema/is-loopback.js';
import { formatListen } from '../schema/primitives.js';

/** The embedded issuer lets anybody be anybody: alone, and on this machine only. Without it there must be a real one. */
export function checkDevelopment(config: Config): Finding[] {
  const { development, platform, signIn, server, forwardAuth } = config;
  if (!development.issuer) {
    if (platform.issuers.length > 0 || signIn !== undefined) return [];
    return [
      {
        path: ['platform', 'issuers'],
        message:
          'no issuer is configured, so nobody could enter; list one under `platform.issuers` or `signIn.providers`, or set `development.issuer: true` to try it out on this machine',
      },
    ];
  }
  const doors = [
    { key: 'server.listen', listen: server.listen },
    ...(forwardAuth ? [{ key: 'forwardAuth.listen', listen: forwardAuth.listen }] : []),
    ...(forwardAuth?.grpcListen ? [{ key: 'forwardAuth.grpcListen', listen: forwardAuth.grpcListen }] : []),
  ];
  const open = doors.filter(({ listen }) => !isLoopback(listen.host));
  return [
    ...(platform.issuers.length > 0
      ? [
          {
            path: ['development', 'issuer'],
            message:
              '`development.issuer` lets anybody sign in as anybody and cannot stand beside `platform.issuers`; remove one of them',
          },
        ]
      : []),
    ...(signIn !== undefined
      ? [
          {
            path: ['development', 'issuer'],
            message:
              '`development.issuer` lets anybody sign in as anybody and cannot stand beside `signIn`; remove one of them',
          },
        ]
      : []),
    ...open.map(({ key, listen }) => ({
      path: key.split('.'),
      message: `\`${key}\` is \`${formatListen(listen)}\`, but \`development.issuer\` lets anybody sign in as anybody; listen on a loopback address like \`127.0.0.1:${listen.port}\`, or use \`platform.issuers\``,
    })),
  ];
}
