import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { createFolder, faultsOf, print, SOUND } from './fixture.js';

const { write } = createFolder();
write('directory.yaml', '');
const SECRET = 'x'.repeat(64);
const KNOWN = { airflow: ['1.10', '2.3', '2.9', '2.11', '3.0', '3.3'], flower: ['2.0', '2.2'] };

type Change = (config: ReturnType<typeof sound>) => void;

// biome-ignore lint/suspicious/noExplicitAny: a test writes what the schema forbids
const sound = (): any => parse(SOUND);
const service = (more: object = {}) => ({
  version: '3.3',
  upstream: 'http://127.0.0.1:8080',
  identity: { profile: 'none' },
  ...more,
});
const flower = (more: object = {}) => ({
  version: '2.2',
  upstream: 'http://127.0.0.1:5555',
  identity: { profile: 'none' },
  ...more,
});
const deployment = (id: string, more: object = {}) => ({
  id,
  workspace: 'data-team',
  airflow: service({ identity: { profile: 'airflow3-hs512', secret: `${SECRET}${id}` } }),
  ...more,
});
const identity =
  (version: string, value: object): Change =>
  (config) => {
    config.deployments[0].airflow = service({ version, identity: value });
  };
const issuer = (more: object = {}) => ({
  issuer: 'https://a.example.com',
  audience: ['x'],
  jwks: 'https://a.example.com/jwks',
  ...more,
});
const issuers =
  (...list: object[]): Change =>
  (config) => {
    config.development = undefined;
    config.platform = { issuers: list };
  };

let number = 0;
function load(change: Change) {
  const config = sound();
  change(config);
  number += 1;
  return () => loadConfig({ file: write(`${number}.yaml`, stringify(config)), knownVersions: KNOWN });
}

function withoutLines(faults: readonly string[]): string[] {
  return faults.map((line) => line.replace(/^\S+ /, ''));
}

describe('a fault', () => {
  const cases: readonly { readonly name: string; readonly change: Change; readonly says: RegExp }[] = [
    {
      name: 'two Deployments of one id',
      change: (c) => c.deployments.push(deployment('sun', { airflow: service({ path: '/x' }) })),
      says: /^`deployments\[1\]\.id` is `sun` again, as in `deployments\[0\]`/,
    },
    {
      name: 'an id outside the pattern',
      change: (c) => {
        c.deployments[0].id = 'a_b';
      },
      says: /^`deployments\[0\]\.id` is `a_b`; it must be 1 to 64 lower-case/,
    },
    {
      name: 'two services at one path',
      change: (c) => c.deployments.push(deployment('moon', { airflow: service({ path: '/sun/airflow' }) })),
      says: /^airflow of deployment `moon` is at the same place as airflow of deployment `sun`: `localhost:8084\/sun\/airflow`/,
    },
    {
      name: 'two services at one host',
      change: (c) => {
        c.deployments[0].airflow.host = 'a.example.com';
        c.deployments[0].flower = flower({ host: 'A.example.com' });
      },
      says: /^flower of deployment `sun` is at the same place as airflow of deployment `sun`: `a\.example\.com\/`/,
    },
    {
      name: 'a host that hides services without one',
      change: (c) => {
        c.deployments[0].airflow.host = 'localhost:8084';
        c.deployments[0].flower = flower();
      },
      says: /^`deployments\[0\]\.airflow\.host` is a host of `server\.publicUrl`/,
    },
    {
      name: 'a path without slash',
      change: (c) => {
        c.deployments[0].airflow.path = 'sun';
      },
      says: /must start with `\/`/,
    },
    {
      name: 'a path with a final slash',
      change: (c) => {
        c.deployments[0].airflow.path = '/sun/';
      },
      says: /must not end with `\/`/,
    },
    {
      name: 'a path with an empty segment',
      change: (c) => {
        c.deployments[0].airflow.path = '/a//b';
      },
      says: /could be read differently by two servers \(empty segment\)/,
    },
    {
      name: 'a path with a dot segment',
      change: (c) => {
        c.deployments[0].airflow.path = '/a/../b';
      },
      says: /two servers \(dot segment\)/,
    },
    {
      name: 'a path that is encoded without need',
      change: (c) => {
        c.deployments[0].airflow.path = '/%61';
      },
      says: /is not canonical; write it `\/a`$/,
    },
    {
      name: 'a path with an encoded slash',
      change: (c) => {
        c.deployments[0].airflow.path = '/a%2Fb';
      },
      says: /must not hold an encoded slash/,
    },
    {
      name: 'a path with a query',
      change: (c) => {
        c.deployments[0].airflow.path = '/a?b';
      },
      says: /must be a path without a query/,
    },
    {
      name: 'a path under our own',
      change: (c) => {
        c.deployments[0].airflow.path = '/.auth/sun';
      },
      says: /must not hold the segment `\.auth`/,
    },
    {
      name: 'a path that holds our own, encoded',
      change: (c) => {
        c.deployments[0].airflow.path = '/x/%2Eauth';
      },
      says: /must not hold the segment `\.auth`/,
    },
    {
      name: 'a malformed version',
      change: (c) => {
        c.deployments[0].airflow.version = '3';
      },
      says: /^`deployments\[0\]\.airflow\.version` is `3`; it must be a version/,
    },
    {
      name: 'a version as a number',
      change: (c) => {
        c.deployments[0].airflow.version = 3.3;
      },
      says: /must be text; quote it: `"3\.3"`/,
    },
    {
      name: 'a version older than the catalog',
      change: identity('1.9.0', { profile: 'none' }),
      says: /is `1\.9\.0`, older than the catalog knows; `1\.10` is the oldest/,
    },
    {
      name: 'a Flower older than the catalog',
      change: (c) => {
        c.deployments[0].flower = flower({ version: '0.9' });
      },
      says: /`deployments\[0\]\.flower\.version` is `0\.9`, older/,
    },
    {
      name: 'HS512 for Airflow 2',
      change: identity('2.11', { profile: 'airflow3-hs512', secret: SECRET }),
      says: /`airflow3-hs512` works with Airflow 3; for `2\.11` use `airflow2`, `astro-sm`, `remote-user-header` or `none`/,
    },
    {
      name: 'JWKS for Airflow 2',
      change: identity('2.11', { profile: 'airflow3-jwks' }),
      says: /`airflow3-jwks` works with Airflow 3/,
    },
    {
      name: '`airflow2` for Airflow 3',
      change: identity('3.3', { profile: 'airflow2' }),
      says: /`airflow2` works with Airflow 2\.3 to 2\.11/,
    },
    {
      name: '`airflow2` before 2.3',
      change: identity('1.10', { profile: 'airflow2' }),
      says: /`airflow2` works with Airflow 2\.3 to 2\.11; for `1\.10` use `astro-sm` or `none`/,
    },
    {
      name: '`astro-sm` for Airflow 3',
      change: identity('3.3', { profile: 'astro-sm', audience: 'x' }),
      says: /`astro-sm` works with Airflow 1\.10 to 2\.11/,
    },
    {
      name: '`remote-user-header` before 2.9',
      change: identity('2.3', { profile: 'remote-user-header' }),
      says: /`remote-user-header` works with Airflow 2\.9 to 2\.11/,
    },
    {
      name: '`basic` for Airflow',
      change: identity('3.3', { profile: 'basic', username: 'a', password: 'b' }),
      says: /^`deployments\[0\]\.airflow\.identity\.profile` is `basic`; it must be one of/,
    },
    {
      name: '`airflow2` for Flower',
      change: (c) => {
        c.deployments[0].flower = flower({ identity: { profile: 'airflow2' } });
      },
      says: /^`deployments\[0\]\.flower\.identity\.profile` is `airflow2`; it must be one of `basic`, `none`/,
    },
    {
      name: 'the audience of the Execution API',
      change: identity('3.3', { profile: 'airflow3-jwks', audience: 'urn:airflow.apache.org:task' }),
      says: /must not be the audience of the Execution API/,
    },
    {
      name: 'a header with another meaning',
      change: identity('2.11', { profile: 'remote-user-header', header: 'X-Forwarded-For' }),
      says: /must not be a header with another meaning/,
    },
    {
      name: 'a header with an underscore',
      change: identity('2.11', { profile: 'remote-user-header', header: 'X_User' }),
      says: /must be a header name/,
    },
    {
      name: 'a secret below 32 bytes',
      change: identity('3.3', { profile: 'airflow3-hs512', secret: 'x'.repeat(31) }),
      says: /^`deployments\[0\]\.airflow\.identity\.secret` is too short/,
    },
    {
      name: 'a mapping that gives a higher role less',
      change: identity('3.3', { profile: 'airflow3-jwks', roleMapping: { VIEWER: 'Op' } }),
      says: /`deployments\[0\]\.airflow\.identity\.roleMapping\.EDITOR` is `User`, below `Op` of VIEWER/,
    },
    {
      name: 'a symmetric algorithm',
      change: issuers(issuer({ algorithms: ['HS512'] })),
      says: /`platform\.issuers\[0\]\.algorithms\[0\]` is `HS512`; it must be asymmetric/,
    },
    {
      name: 'no algorithm',
      change: issuers(issuer({ algorithms: ['none'] })),
      says: /is `none`; it must be asymmetric/,
    },
    {
      name: 'an empty audience',
      change: issuers(issuer({ audience: [] })),
      says: /^`platform\.issuers\[0\]\.audience` is empty/,
    },
    {
      name: 'keys over http',
      change: issuers(issuer({ jwks: 'http://a.example.com/jwks' })),
      says: /`platform\.issuers\[0\]\.jwks` is `http:\/\/a\.example\.com\/jwks`; it must be a file or an https URL/,
    },
    {
      name: 'keys from a file that is not there',
      change: issuers(issuer({ jwks: './absent.json' })),
      says: /`platform\.issuers\[0\]\.jwks` names `\.\/absent\.json`, which cannot be read \(ENOENT\)/,
    },
    {
      name: 'a second issuer without prefix',
      change: issuers(issuer(), issuer({ issuer: 'https://b.example.com' })),
      says: /^`platform\.issuers\[1\]\.subjectPrefix` is missing/,
    },
    {
      name: 'a prefix of service accounts',
      change: issuers(issuer({ subjectPrefix: 'service-account:x' })),
      says: /must not begin as `service-account:` does/,
    },
    {
      name: 'one issuer twice',
      change: issuers(issuer(), issuer({ subjectPrefix: 'b:' })),
      says: /^`platform\.issuers\[1\]\.issuer` is `https:\/\/a\.example\.com` again/,
    },
    {
      name: 'one prefix twice',
      change: issuers(
        issuer({ subjectPrefix: 'b:' }),
        issuer({ issuer: 'https://b.example.com', subjectPrefix: 'b:' }),
      ),
      says: /^`platform\.issuers\[1\]\.subjectPrefix` is `b:` again/,
    },
    {
      name: 'the development issuer beside a real one',
      change: (c) => {
        c.platform = { issuers: [issuer()] };
      },
      says: /^`development\.issuer` lets anybody sign in as anybody and cannot stand beside/,
    },
    {
      name: 'the development issuer on an open door',
      change: (c) => {
        c.server.listen = '0.0.0.0:8084';
      },
      says: /^`server\.listen` is `0\.0\.0\.0:8084`, but `development\.issuer`/,
    },
    {
      name: 'the development issuer with an open forward-auth door',
      change: (c) => {
        c.forwardAuth = { listen: '10.0.0.1:9085' };
      },
      says: /^`forwardAuth\.listen` is `10\.0\.0\.1:9085`, but `development\.issuer`/,
    },
    {
      name: 'the development issuer with an open gRPC door',
      change: (c) => {
        c.forwardAuth = { grpcListen: '10.0.0.1:9086' };
      },
      says: /^`forwardAuth\.grpcListen` is `10\.0\.0\.1:9086`, but `development\.issuer`/,
    },
    {
      name: 'no issuer at all',
      change: (c) => {
        c.development.issuer = false;
      },
      says: /^no issuer is configured/,
    },
    {
      name: 'one person twice',
      change: (c) => {
        c.development.people = [{ id: 'a' }, { id: 'a' }];
      },
      says: /^`development\.people\[1\]\.id` is `a` again/,
    },
    {
      name: 'an override that lifts a Viewer above an Editor',
      change: (c) => {
        c.permissions = { WORKSPACE_VIEWER: { 'deployment.airflow.variable.get': true } };
      },
      says: /^`permissions\.WORKSPACE_VIEWER\["deployment\.airflow\.variable\.get"\]` gives WORKSPACE_VIEWER what WORKSPACE_EDITOR lacks/,
    },
    {
      name: 'an override that drops an Editor below a Viewer',
      change: (c) => {
        c.permissions = { SYSTEM_EDITOR: { 'deployment.airflow.dag.get': false } };
      },
      says: /^`permissions\.SYSTEM_EDITOR\["deployment\.airflow\.dag\.get"\]` gives SYSTEM_VIEWER what SYSTEM_EDITOR lacks/,
    },
    {
      name: 'an unknown role',
      change: (c) => {
        c.permissions = { WORKSPACE_OWNER: {} };
      },
      says: /^unknown key `WORKSPACE_OWNER` in `permissions`/,
    },
    {
      name: 'an unknown permission',
      change: (c) => {
        c.permissions = { SYSTEM_ADMIN: { 'deployment.airflow.dags.get': true } };
      },
      says: /did you mean `deployment\.airflow\.dag\.get`\?$/,
    },
    {
      name: 'an anonymous rule that is not public',
      change: (c) => {
        c.deployments[0].airflow.anonymous = ['dags'];
      },
      says: /it must be one of `health`, `version`, `static`/,
    },
    {
      name: 'a network that is none',
      change: (c) => {
        c.server.trustedProxies = ['10.0.0.0/8/8'];
      },
      says: /^`server\.trustedProxies\[0\]` is `10\.0\.0\.0\/8\/8`; it must be a network/,
    },
    {
      name: 'peers that are no network',
      change: (c) => {
        c.forwardAuth = { peers: ['localhost'] };
      },
      says: /^`forwardAuth\.peers\[0\]` is `localhost`; it must be a network/,
    },
    {
      name: 'no peers',
      change: (c) => {
        c.forwardAuth = { peers: [] };
      },
      says: /^`forwardAuth\.peers` is empty/,
    },
    {
      name: 'a Redis URL of another kind',
      change: (c) => {
        c.roles = { sources: [{ kind: 'redis', url: 'https://u:pass@redis' }] };
      },
      says: /^`roles\.sources\[0\]\.url` must be a redis or rediss URL/,
    },
    {
      name: 'a directory that is not there',
      change: (c) => {
        c.roles = { sources: [{ kind: 'file', path: 'absent.yaml' }] };
      },
      says: /^`roles\.sources\[0\]\.path` names `absent\.yaml`, which cannot be read/,
    },
    {
      name: 'two doors at one address',
      change: (c) => {
        c.server.adminListen = '127.0.0.1:8084';
      },
      says: /^`server\.adminListen` is at `127\.0\.0\.1:8084`, where `server\.listen` listens too/,
    },
    {
      name: 'the gRPC door at the address of another',
      change: (c) => {
        c.forwardAuth = { listen: '127.0.0.1:9085', grpcListen: '127.0.0.1:9085' };
      },
      says: /^`forwardAuth\.grpcListen` is at `127\.0\.0\.1:9085`, where `forwardAuth\.listen` listens too/,
    },
    {
      name: 'a shared secret that can be guessed',
      change: (c) => {
        c.forwardAuth = { sharedSecret: 'short' };
      },
      says: /^`forwardAuth\.sharedSecret` is too short: 16 bytes/,
    },
    {
      name: 'a door under a wildcard',
      change: (c) => {
        c.server.adminListen = '0.0.0.0:8084';
      },
      says: /^`server\.adminListen` is at `0\.0\.0\.0:8084`, where `server\.listen`/,
    },
    {
      name: 'a listener without port',
      change: (c) => {
        c.server.listen = '127.0.0.1';
      },
      says: /it must be an address and a port/,
    },
    {
      name: 'a listener at an address that is none',
      change: (c) => {
        c.server.listen = '300.0.0.1:80';
      },
      says: /it must be an address and a port/,
    },
    {
      name: 'a public URL with a path',
      change: (c) => {
        c.server.publicUrl = ['http://a', 'http://a/b'];
      },
      says: /^`server\.publicUrl\[1\]` is `http:\/\/a\/b`; it must be an http or https URL/,
    },
    {
      name: 'an upstream with a user',
      change: (c) => {
        c.deployments[0].airflow.upstream = 'http://u:pass@h';
      },
      says: /^`deployments\[0\]\.airflow\.upstream` must be an http or https URL with nothing behind/,
    },
    {
      name: 'a cookie name with a space',
      change: (c) => {
        c.platform = { cookie: 'a b' };
      },
      says: /^`platform\.cookie` is `a b`; it must be a cookie name/,
    },
    {
      name: 'a cookie name of the upstream',
      change: (c) => {
        c.platform = { cookie: '_token' };
      },
      says: /^`platform\.cookie` is `_token`; it must be another name/,
    },
    {
      name: 'an audit level that is none',
      change: (c) => {
        c.audit = { record: 'reads' };
      },
      says: /^`audit\.record` is `reads`; it must be one of `denied`, `writes`, `all`/,
    },
    {
      name: 'limits that cannot take effect',
      change: (c) => {
        c.server.limits = { targetBytes: 40_000 };
      },
      says: /^`server\.limits\.targetBytes` must be below `server\.limits\.headerBytes`/,
    },
    {
      name: 'a rule of the other product',
      change: (c) => {
        c.deployments[0].airflow.extraRoutes = [
          { id: 'a', methods: ['GET'], path: '/a', permission: 'deployment.flower.worker.get', why: 'w' },
        ];
      },
      says: /^`deployments\[0\]\.airflow\.extraRoutes\[0\]\.permission` is `deployment\.flower\.worker\.get`; a route of airflow/,
    },
    {
      name: 'a rule without a reason',
      change: (c) => {
        c.deployments[0].airflow.extraRoutes = [
          { id: 'a', methods: ['GET'], path: '/a', permission: 'deployment.airflow.website.get' },
        ];
      },
      says: /^`deployments\[0\]\.airflow\.extraRoutes\[0\]\.why` is missing/,
    },
    {
      name: 'a rule without permission',
      change: (c) => {
        c.deployments[0].airflow.extraRoutes = [{ id: 'a', methods: ['GET'], path: '/a', why: 'w' }];
      },
      says: /\.permission` is missing; name the permission the route needs, or set `never: true`/,
    },
    {
      name: 'a rule with permission for nobody',
      change: (c) => {
        c.deployments[0].airflow.extraRoutes = [
          {
            id: 'a',
            methods: ['GET'],
            path: '/a',
            why: 'w',
            never: true,
            permission: 'deployment.airflow.website.get',
          },
        ];
      },
      says: /\.permission` is `deployment\.airflow\.website\.get`; it must be left out/,
    },
    {
      name: 'a Deployment without service',
      change: (c) => {
        c.deployments[0].airflow = undefined;
      },
      says: /^`deployments\[0\]` has no service/,
    },
  ];

  it.each(cases)('is $name', ({ change, says }) => {
    const faults = print(faultsOf(load(change)));
    expect(withoutLines(faults)).toEqual([expect.stringMatching(says)]);
    expect(faults[0]).toMatch(/^\d+ /);
    expect(faults[0]).not.toMatch(/pass|xxxx/);
  });
});

describe('a warning', () => {
  const cases: readonly { readonly name: string; readonly change: Change; readonly says: RegExp }[] = [
    {
      name: 'a version newer than the catalog',
      change: (c) => {
        c.deployments[0].airflow.version = '3.4.1';
      },
      says: /is `3\.4\.1`, which the catalog was not checked against.*newest known: `3\.3`/,
    },
    {
      name: 'a version between the lines of the catalog',
      change: identity('2.10', { profile: 'airflow2' }),
      says: /is `2\.10`, which the catalog was not checked against/,
    },
    {
      name: 'an identity by header',
      change: identity('2.11', { profile: 'remote-user-header' }),
      says: /`remote-user-header` signs nothing; the network must isolate the upstream/,
    },
    {
      name: 'no identity',
      change: identity('3.3', { profile: 'none' }),
      says: /`none` tells the upstream nothing; the network must isolate/,
    },
    {
      name: 'a secret of fewer than 64 bytes',
      change: identity('3.3', { profile: 'airflow3-hs512', secret: 'x'.repeat(63) }),
      says: /has fewer than 64 bytes/,
    },
    {
      name: 'one secret at two Deployments',
      change: (c) =>
        c.deployments.push(
          deployment('a', { airflow: service({ identity: { profile: 'airflow3-hs512', secret: SECRET } }) }),
          deployment('b', { airflow: service({ identity: { profile: 'airflow3-hs512', secret: SECRET } }) }),
        ),
      says: /deployments `a` and `b` share audience and secret/,
    },
    {
      name: 'one key at two Deployments',
      change: (c) =>
        c.deployments.push(deployment('a', { airflow: service({ identity: { profile: 'airflow3-jwks' } }) })),
      says: /deployments `sun` and `a` share audience and key/,
    },
    {
      name: 'two Workspaces at one origin',
      change: (c) => c.deployments.push(deployment('a', { workspace: 'other' })),
      says: /workspaces `data-team` and `other` share the origin `localhost:8084`/,
    },
    {
      name: 'a proxy anywhere',
      change: (c) => {
        c.server.trustedProxies = ['::/0'];
      },
      says: /`server\.trustedProxies\[0\]` is `::\/0`: everybody may say/,
    },
    {
      name: 'no Deployment',
      change: (c) => {
        c.deployments = [];
      },
      says: /`deployments` is empty/,
    },
    {
      name: 'no role source',
      change: (c) => {
        c.roles = { sources: [] };
      },
      says: /`roles\.sources` is empty/,
    },
    {
      name: 'an open door without public URL',
      change: (c) => {
        issuers(issuer())(c);
        c.server = { listen: '0.0.0.0:80' };
      },
      says: /`server\.publicUrl` is missing.*`http:\/\/localhost`/,
    },
  ];

  it.each(cases)('is $name', ({ change, says }) => {
    const { warnings } = load(change)();
    expect(withoutLines(print(warnings))).toEqual([expect.stringMatching(says)]);
  });
});

describe('no fault and no warning', () => {
  it.each<{ name: string; change: Change }>([
    {
      name: 'paths below one another',
      change: (c) => {
        c.deployments[0].airflow.path = '/a';
        c.deployments.push(
          deployment('b', {
            airflow: service({ path: '/a/b', identity: { profile: 'airflow3-hs512', secret: SECRET } }),
          }),
        );
      },
    },
    {
      name: 'one path at two hosts',
      change: (c) => {
        c.deployments[0].airflow.host = 'a.example.com';
        c.deployments.push({
          ...deployment('b', { workspace: 'other' }),
          airflow: { ...deployment('b').airflow, host: 'b.example.com' },
        });
      },
    },
    { name: 'keys from loopback', change: issuers(issuer({ jwks: 'http://127.0.0.1:9/jwks' })) },
    {
      name: 'a prefix for a second issuer',
      change: issuers(issuer(), issuer({ issuer: 'https://b.example.com', subjectPrefix: 'b:' })),
    },
    {
      name: 'port 0 twice',
      change: (c) => {
        c.server.listen = '127.0.0.1:0';
        c.server.adminListen = '127.0.0.1:0';
      },
    },
    {
      name: 'an override for all levels above',
      change: (c) => {
        c.permissions = { WORKSPACE_EDITOR: { 'deployment.airflow.xcom.get': true } };
      },
    },
    { name: '2.9 with `airflow2`', change: identity('2.9.3', { profile: 'airflow2' }) },
    { name: '1.10 with `astro-sm`', change: identity('1.10.15', { profile: 'astro-sm', audience: 'x' }) },
    {
      name: 'a path with a letter that needs encoding',
      change: (c) => {
        c.deployments[0].airflow.path = '/s%C3%BC%C3%9F/@a:b';
      },
    },
  ])('for $name', ({ change }) => {
    expect(print(load(change)().warnings)).toEqual([]);
  });
});

describe('defaults that depend on other keys', () => {
  it('put a service with a host of its own at its root', () => {
    const { config } = load((c) => {
      c.deployments[0].airflow.host = 'Sun.Example.com';
    })();
    expect(config.deployments[0]?.airflow).toMatchObject({ host: 'sun.example.com', path: '/' });
  });

  it('read a bare address as a network of one', () => {
    const { config } = load((c) => {
      c.server.trustedProxies = ['10.0.0.1', '::1', '10.0.0.0/8'];
    })();
    expect(config.server.trustedProxies).toEqual(['10.0.0.1/32', '::1/128', '10.0.0.0/8']);
  });

  it('tell keys from a file and keys from a URL apart', () => {
    const file = write('keys.json', '{}');
    const { config, files } = load(
      issuers(
        issuer({ jwks: './keys.json' }),
        issuer({ issuer: 'https://b.example.com', subjectPrefix: 'b:' }),
      ),
    )();
    expect(config.platform.issuers.map(({ jwks }) => jwks)).toEqual([
      { kind: 'file', path: file },
      { kind: 'url', url: 'https://a.example.com/jwks' },
    ]);
    expect(files).toContain(file);
  });

  it('give an extra route its line as origin', () => {
    const { config } = load((c) => {
      c.deployments[0].airflow.extraRoutes = [
        {
          id: 'a',
          methods: ['GET'],
          path: '/a',
          permission: 'deployment.airflow.website.get',
          why: 'w',
          stream: true,
        },
      ];
    })();
    expect(config.deployments[0]?.airflow?.extraRoutes).toEqual([
      {
        id: 'a',
        methods: ['GET'],
        paths: ['/a'],
        permissions: ['deployment.airflow.website.get'],
        why: 'w',
        public: false,
        never: false,
        stream: 'response',
        multipart: false,
        origin: expect.stringMatching(/\.yaml:14$/),
      },
    ]);
  });
});
