import { BlockList, isIP } from 'node:net';
import { headerOf, type RawHeaders } from '../../gate/headers.js';

/** Who spoke to us and by which of our names. */
export interface Client {
  /** The right-most hop that is not a trusted proxy. For records and `X-Forwarded-For` only, never to authenticate. */
  readonly ip: string;
  /** Authority in lower case: one of ours, or undefined where the name is unknown. */
  readonly host: string | undefined;
  /** What a trusted proxy says it was spoken to by; undefined where none does. */
  readonly proto: 'http' | 'https' | undefined;
}

export interface ClientOptions {
  /** CIDRs whose `X-Forwarded-For`, `-Host` and `-Proto` are believed. */
  readonly trustedProxies: readonly string[];
  /** Every authority we answer to. */
  readonly hosts: ReadonlySet<string>;
}

/** Reads the peer's address, and behind a trusted proxy what that proxy says; from anybody else it is not read. */
export function createClientReader(
  options: ClientOptions,
): (peer: string | undefined, headers: RawHeaders) => Client {
  const trusted = createAddressList(options.trustedProxies);

  return function readClient(peer, headers) {
    const peerIp = plainAddress(peer ?? '');
    const named = known(headerOf(headers, 'host'));
    if (!trusted(peerIp)) return { ip: peerIp, host: named, proto: undefined };
    return {
      ip: addressOf(peerIp, headers, trusted),
      host: known(onlyOf(headers, 'x-forwarded-host')) ?? named,
      proto: schemeNamed(onlyOf(headers, 'x-forwarded-proto')),
    };
  };

  /** Browsers leave a scheme's own port out, some programs and load balancers do not. */
  function known(host: string | undefined): string | undefined {
    const name = host?.toLowerCase();
    if (name === undefined || options.hosts.has(name)) return name;
    const short = name.replace(/:(?:80|443)$/, '');
    return options.hosts.has(short) ? short : undefined;
  }
}

/** A proxy that appends leaves what the client sent before its own word: then neither is believed. */
function onlyOf(headers: RawHeaders, name: string): string | undefined {
  const values = headers.filter(([key]) => key.toLowerCase() === name);
  return values.length === 1 ? values[0]?.[1] : undefined;
}

function schemeNamed(value: string | undefined): Client['proto'] {
  const scheme = value?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** The right-most hop of `X-Forwarded-For`, then of the connection, that is not trusted; what is no address ends the search. */
export function addressOf(peerIp: string, headers: RawHeaders, trusted: (ip: string) => boolean): string {
  const hops = headers
    .filter(([name]) => name.toLowerCase() === 'x-forwarded-for')
    .flatMap(([, value]) => value.split(',').map((hop) => plainAddress(hop.trim())));
  let ip = peerIp;
  while (trusted(ip)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    ip = hop;
  }
  return ip;
}

/** Whether an address lies in one of the networks. */
export function createAddressList(cidrs: readonly string[]): (ip: string) => boolean {
  // The usual case, and asking an empty list still costs microseconds a request.
  if (cidrs.length === 0) return () => false;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (ip) => {
    const family = isIP(ip);
    return family !== 0 && list.check(ip, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** An IPv4 address that a dual-stack socket reports as IPv6. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
