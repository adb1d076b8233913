import { isIP } from 'node:net';
import * as z from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** May also be given as `<key>File`; its value is never printed. */
    'x-secret'?: true;
    /** A path relative to the configuration file. `input` must exist when the file is loaded, `output` is made later. */
    'x-path'?: 'input' | 'output';
  }
}

/** Where a listener listens. An IPv6 host stands here without brackets. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export const text = (max = 1024) => z.string().min(1).max(max);

/** Whole milliseconds. */
export const milliseconds = (min = 1) => z.int().min(min).max(86_400_000);

export const count = (min: number, max: number) => z.int().min(min).max(max);

/** A value that nobody may read over a shoulder: also accepted as `<key>File`, never printed. */
export const secret = () => z.string().min(1).meta({ 'x-secret': true });

export const inputPath = () => text(4096).meta({ 'x-path': 'input' });
export const outputPath = () => text(4096).meta({ 'x-path': 'output' });

/** Reads `127.0.0.1:8084`, `[::1]:8084`, `localhost:8084`; anything else is undefined. */
export function parseListen(written: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(written);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return undefined;
  if (match?.[1] !== undefined && isIP(host) !== 6) return undefined;
  if (/^[\d.]+$/.test(host) && isIP(host) !== 4) return undefined;
  return { host, port };
}

export function formatListen({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const LISTEN_MESSAGE = 'must be an address and a port, like `127.0.0.1:8084` or `[::1]:8084`';
const CIDR_MESSAGE = 'must be a network, like `10.0.0.0/8` or `fd00::/8`';
const ORIGIN_MESSAGE =
  'must be an http or https URL with nothing behind the host and port, like `http://127.0.0.1:8080`';
const WEB_URL_MESSAGE = 'must be an absolute http or https URL';

export const listen = () =>
  z.string(LISTEN_MESSAGE).transform((written, context): ListenAddress => {
    const address = parseListen(written);
    if (address !== undefined) return address;
    context.issues.push({ code: 'custom', input: written, message: LISTEN_MESSAGE });
    return z.NEVER;
  });

/** A CIDR; a bare address is read as that address alone. */
export const cidr = () =>
  z.string(CIDR_MESSAGE).transform((written, context): string => {
    const [address = '', bits, ...rest] = written.split('/');
    const family = isIP(address);
    const width = family === 6 ? 128 : 32;
    if (family !== 0 && rest.length === 0) {
      if (bits === undefined) return `${address}/${width}`;
      if (/^\d{1,3}$/.test(bits) && Number(bits) <= width) return written;
    }
    context.issues.push({ code: 'custom', input: written, message: CIDR_MESSAGE });
    return z.NEVER;
  });

/** An absolute http(s) URL without path, query and user, as its origin. */
export const origin = () =>
  z.string().transform((written, context): string => {
    const url = httpUrl(written);
    const bare = url !== undefined && url.pathname === '/' && !/[?#@\s]/.test(written);
    if (bare) return url.origin;
    context.issues.push({ code: 'custom', input: written, message: ORIGIN_MESSAGE });
    return z.NEVER;
  });

/** An absolute http(s) URL without user and fragment. */
export const webUrl = () =>
  z.string().refine((written) => httpUrl(written) !== undefined && !/[#\s]/.test(written), WEB_URL_MESSAGE);

/** Text that is safe to compare and to print: nothing invisible, no line breaks. */
export const printable = (max = 256) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must not hold control characters or line breaks');

function httpUrl(written: string): URL | undefined {
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return undefined;
  const url = new URL(written);
  return url.username === '' && url.password === '' ? url : undefined;
}
