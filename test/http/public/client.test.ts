import { describe, expect, it } from '@jest/globals';
import type { RawHeaders } from '../../../src/gate/headers.js';
import { createAddressList, createClientReader } from '../../../src/http/public/client.js';

const HOSTS = new Set(['localhost:8084', 'airflow.example.com']);
const direct = createClientReader({ trustedProxies: [], hosts: HOSTS });
const behind = createClientReader({ trustedProxies: ['10.0.0.0/8', 'fd00::/8'], hosts: HOSTS });

describe('createClientReader', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['one of ours', 'localhost:8084', 'localhost:8084'],
    ['one of ours in capitals', 'Airflow.Example.COM', 'airflow.example.com'],
    ['one of ours with the port of https', 'airflow.example.com:443', 'airflow.example.com'],
    ['one of ours with the port of http', 'airflow.example.com:80', 'airflow.example.com'],
    ['one of ours with another port', 'airflow.example.com:8443', undefined],
    ['unknown', 'evil.example', undefined],
    ['a list', 'airflow.example.com, evil.example', undefined],
    ['with a user', 'airflow.example.com@evil.example', undefined],
    ['with a path', 'airflow.example.com/..', undefined],
    ['empty', '', undefined],
    ['missing', undefined, undefined],
  ])('reads a Host that is %s', (_, host, read) => {
    expect(direct('192.0.2.1', host === undefined ? [] : [['Host', host]]).host).toBe(read);
  });

  it('believes nothing that a peer without trust says of itself', () => {
    const headers: RawHeaders = [
      ['Host', 'evil.example'],
      ['X-Forwarded-For', '10.1.1.1'],
      ['X-Forwarded-Host', 'airflow.example.com'],
      ['X-Forwarded-Proto', 'https'],
    ];
    expect(direct('192.0.2.1', headers)).toEqual({ ip: '192.0.2.1', host: undefined, proto: undefined });
    expect(behind('192.0.2.1', headers)).toEqual({ ip: '192.0.2.1', host: undefined, proto: undefined });
  });

  it('believes a trusted peer, also as an IPv4 address in IPv6', () => {
    const headers: RawHeaders = [
      ['host', 'pod.internal'],
      ['x-forwarded-for', '192.0.2.9'],
      ['x-forwarded-host', 'airflow.example.com'],
      ['x-forwarded-proto', 'HTTPS'],
    ];
    const read = { ip: '192.0.2.9', host: 'airflow.example.com', proto: 'https' };
    expect(behind('10.0.0.1', headers)).toEqual(read);
    expect(behind('::ffff:10.0.0.1', headers)).toEqual(read);
  });

  it.each([
    ['the right-most hop that is not trusted', ['192.0.2.7, 198.51.100.1, 10.2.2.2'], '198.51.100.1'],
    ['hops of several fields in order', ['192.0.2.7', '10.2.2.2'], '192.0.2.7'],
    ['the trusted peer where a hop is no address', ['nonsense'], '10.0.0.1'],
    ['the outermost of trusted hops alone', ['10.3.3.3'], '10.3.3.3'],
    ['the trusted peer where it says nothing', [], '10.0.0.1'],
  ])('takes %s', (_, values, ip) => {
    expect(
      behind(
        '10.0.0.1',
        values.map((value) => ['X-Forwarded-For', value] as const),
      ).ip,
    ).toBe(ip);
  });

  it('believes neither of two that a proxy passed on beside its own', () => {
    const headers: RawHeaders = [
      ['x-forwarded-host', 'localhost:8084'],
      ['x-forwarded-host', 'airflow.example.com'],
      ['x-forwarded-proto', 'https'],
      ['x-forwarded-proto', 'http'],
    ];
    expect(behind('10.0.0.1', headers)).toEqual({ ip: '10.0.0.1', host: undefined, proto: undefined });
  });
});

describe('createAddressList', () => {
  it.each([
    [[], '127.0.0.1', false],
    [['127.0.0.0/8'], '127.9.9.9', true],
    [['127.0.0.0/8'], '128.0.0.1', false],
    [['192.0.2.1'], '192.0.2.1', true],
    [['fd00::/8'], 'fd12::1', true],
    [['fd00::/8'], '', false],
  ])('of %j says of %s: %s', (networks, ip, inside) => {
    expect(createAddressList(networks)(ip)).toBe(inside);
  });
});
