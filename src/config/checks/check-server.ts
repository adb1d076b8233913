import type { Config } from '../config.js';
import type { Finding, NameOf } from '../finding.js';
import { isLoopback } from '../schema/is-loopback.js';
import { formatListen, type ListenAddress } from '../schema/primitives.js';

/** Listeners apart from one another, trust in few proxies, limits that can take effect. */
export function checkServer(config: Config, publicUrlGiven: boolean, nameOf: NameOf): Finding[] {
  const { server } = config;
  const findings: Finding[] = [...checkListeners(config)];
  for (const [index, network] of server.trustedProxies.entries()) {
    if (!network.endsWith('/0')) continue;
    const path = ['server', 'trustedProxies', index];
    findings.push({
      path,
      message: `\`${nameOf(path)}\` is \`${network}\`: everybody may say where a request came from; list the networks of your own proxies`,
      severity: 'warning',
    });
  }
  if (server.limits.targetBytes >= server.limits.headerBytes) {
    findings.push({
      path: ['server', 'limits', 'targetBytes'],
      message: `\`server.limits.targetBytes\` must be below \`server.limits.headerBytes\` (${server.limits.headerBytes}), which counts the request line too`,
    });
  }
  if (!publicUrlGiven && !isLoopback(server.listen.host)) {
    findings.push({
      path: ['server', 'listen'],
      message: `\`server.publicUrl\` is missing and \`server.listen\` is not a loopback address; set the URL people use, or links and the same-origin check will go by \`${server.publicUrl[0] ?? ''}\``,
      severity: 'warning',
    });
  }
  return findings;
}

function checkListeners({ server, forwardAuth }: Config): Finding[] {
  const listeners = [
    { path: ['server', 'listen'], listen: server.listen },
    { path: ['server', 'adminListen'], listen: server.adminListen },
    ...(forwardAuth ? [{ path: ['forwardAuth', 'listen'], listen: forwardAuth.listen }] : []),
    ...(forwardAuth?.grpcListen
      ? [{ path: ['forwardAuth', 'grpcListen'], listen: forwardAuth.grpcListen }]
      : []),
  ];
  return listeners.flatMap(({ path, listen }, index): Finding[] => {
    const other = listeners.slice(0, index).find((earlier) => collide(earlier.listen, listen));
    if (other === undefined) return [];
    return [
      {
        path,
        message: `\`${path.join('.')}\` is at \`${formatListen(listen)}\`, where \`${other.path.join('.')}\` listens too; give it another port`,
      },
    ];
  });
}

/** Port 0 is a new port each time. A wildcard address takes its port on all addresses. */
function collide(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  const wildcard = [a.host, b.host].some((host) => host === '0.0.0.0' || host === '::');
  const same = a.host.toLowerCase() === b.host.toLowerCase();
  return wildcard || same || [a.host, b.host].every((host) => host === 'localhost' || host === '127.0.0.1');
}
