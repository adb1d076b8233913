import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Dynamic {
  readonly http: {
    readonly middlewares: Readonly<
      Record<
        string,
        {
          readonly forwardAuth?: {
            address: string;
            trustForwardHeader: boolean;
            authResponseHeaders: string[];
          };
          readonly headers?: { customRequestHeaders: Record<string, string> };
        }
      >
    >;
    readonly routers: Readonly<Record<string, { rule: string; middlewares?: string[]; service: string }>>;
    readonly services: Readonly<Record<string, unknown>>;
  };
}

const { http }: Dynamic = parse(read('dynamic.yaml'));
const deployments = Object.values(http.routers).filter(({ rule }) => rule.includes('PathPrefix'));

/** Traefik itself is not run: what the file says is compared with what the door needs. */
describe('the golden configuration of Traefik', () => {
  it('asks last, and changes no path', () => {
    expect(deployments).toHaveLength(2);
    for (const { middlewares = [] } of deployments) expect(middlewares.at(-1)).toBe('auth-proxy-ask');
    const kinds = Object.values(http.middlewares).flatMap((middleware) => Object.keys(middleware));
    expect(new Set(kinds)).toEqual(new Set(['forwardAuth', 'headers']));
    expect(read('static.yaml')).toContain('sanitizePath: false');
  });

  it('believes no address that a client sent', () => {
    expect(http.middlewares['auth-proxy-ask']?.forwardAuth?.trustForwardHeader).toBe(false);
    expect(parse(read('static.yaml')).entryPoints.web.forwardedHeaders).toEqual({
      insecure: false,
      trustedIPs: [],
    });
  });

  it('sets what the door hands over, and takes the client’s own claims away', () => {
    expect(http.middlewares['auth-proxy-ask']?.forwardAuth?.authResponseHeaders).toEqual(
      expect.arrayContaining(['Authorization', 'Cookie']),
    );
    const removed = http.middlewares['auth-proxy-clean']?.headers?.customRequestHeaders ?? {};
    expect(new Set(Object.values(removed))).toEqual(new Set(['']));
    expect(Object.keys(removed)).toEqual(expect.arrayContaining(['Remote-User', 'X-Forwarded-Prefix']));
  });

  it('ends a path prefix at a whole segment', () => {
    for (const { rule } of deployments) expect(rule).toMatch(/PathPrefix\(`[^`]+\/`\)/);
  });

  it('names services that are there', () => {
    for (const { service } of Object.values(http.routers)) expect(http.services[service]).toBeDefined();
  });
});

function read(name: string): string {
  return readFileSync(new URL(`../../deploy/traefik/${name}`, import.meta.url), 'utf8');
}
