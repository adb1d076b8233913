import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { stringify } from 'yaml';
import { SEEDED, startAirflow2 } from './fixtures/airflow2.js';
import { type RunningAirflow, type RunningAirflow3, startAirflow3 } from './fixtures/airflow3.js';
import { type RunningAstroSm, startAstroSm } from './fixtures/astro-sm.js';
import { profileOf, signedInAs, startChromium } from './fixtures/chromium.js';
import { forgeries, type KnownKey, knownRsaKey, knownSecret, resigned } from './fixtures/forge.js';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import { checkLive } from './fixtures/live-check.js';
import type { Person } from './fixtures/people.js';
import { waitUntil } from './fixtures/ready.js';
import { type RecorderUpstream, startRecorderUpstream } from './fixtures/recorder-upstream.js';
import { startTap, type Tap } from './fixtures/tap.js';

const START_TIMEOUT_MS = 10 * 60_000;
jest.setTimeout(4 * 60_000);

const WORKSPACE = 'data-team';
const SECRET_PLACE = { id: 'quasarian-sun-1234', path: '/quasarian-sun-1234/airflow' } as const;
const KEY_PLACE = { id: 'lunar-tide-4321', path: '/lunar-tide-4321/airflow' } as const;
/** Other Deployments of the same gateway, which keep what they are told. */
const OTHER_SECRET_PLACE = { id: 'other-star-0001', path: '/other-star-0001/airflow' } as const;
const OTHER_KEY_PLACE = { id: 'other-moon-0002', path: '/other-moon-0002/airflow' } as const;

const JSON_BODY = { 'content-type': 'application/json' };

/** The assertion that the gateway makes for this person at a Deployment whose upstream only listens. */
async function assertedAt(
  gateway: RunningGateway,
  recorder: RecorderUpstream,
  path: string,
  person: Person,
): Promise<string> {
  await gateway.fetch(person, path);
  return recorder.requests.at(-1)?.headers.authorization ?? '';
}

/** Ada becomes a Viewer, as Vic is, by an edit of the directory file, for as long as `work` takes. */
async function whileAdaIsViewer(gateway: RunningGateway, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(gateway.directoryFile, 'utf8');
  const members = ['ada', 'vic'].map((user) => ({ user, role: 'VIEWER' }));
  writeFileSync(
    gateway.directoryFile,
    stringify({ workspaces: [{ id: WORKSPACE, label: 'Data team', members }] }),
  );
  await waitUntil(
    'the directory to be read again',
    30_000,
    async () => (await roleOfAda(gateway)) === 'WORKSPACE_VIEWER',
  );
  try {
    await work();
  } finally {
    writeFileSync(gateway.directoryFile, before);
    await waitUntil(
      'the directory to be read again',
      30_000,
      async () => (await roleOfAda(gateway)) === 'WORKSPACE_ADMIN',
    );
  }
}

async function roleOfAda(gateway: RunningGateway): Promise<string | undefined> {
  const me = (await (await gateway.fetch('ada', '/.auth/me')).json()) as { deployments: { role: string }[] };
  return me.deployments[0]?.role;
}

const directly = (base: string, path: string, authorization: string) =>
  fetch(`${base}${path}`, { headers: { authorization }, redirect: 'manual' });

describe.each([
  { version: '3.3.2', ownExecutionServer: true },
  { version: '3.0.6', ownExecutionServer: false },
] as const)('Airflow $version', ({ version, ownExecutionServer }) => {
  let airflow: RunningAirflow3 | undefined;
  let gateway: RunningGateway;
  let recorder: RecorderUpstream;
  const taps: Partial<Record<string, Tap>> = {};
  const secret = knownSecret();
  const key = knownRsaKey();

  beforeAll(async () => {
    const site = await createGatewaySite();
    recorder = await startRecorderUpstream('Another Deployment');
    airflow = await startAirflow3({
      version,
      publicUrl: site.publicUrl,
      basePath: SECRET_PLACE.path,
      jwtSecret: secret.text,
      scheduler: true,
      split: {
        basePath: KEY_PLACE.path,
        // Fetched when first needed, so it need not answer yet.
        trustedJwksUrl: `${site.publicUrl}/.auth/jwks.json`,
        audience: KEY_PLACE.id,
        ownExecutionServer,
      },
    });
    const secretTap = await startTap(airflow.upstreamUrl);
    const keyTap = await startTap(airflow.splitUpstreamUrl ?? '');
    taps[SECRET_PLACE.id] = secretTap;
    taps[KEY_PLACE.id] = keyTap;
    const minor = version.slice(0, 3);
    const deployment = (place: { id: string; path: string }, upstream: string, identity: object) => ({
      id: place.id,
      workspace: WORKSPACE,
      airflow: { version: minor, upstream, path: place.path, identity },
    });
    const hs512 = (secretFile: string) => ({
      profile: 'airflow3-hs512',
      secretFile,
      audience: 'apache-airflow',
    });
    const keyFile = site.write('identity.pem', key.text);
    const jwks = (audience: string) => ({ profile: 'airflow3-jwks', keyFile, audience });
    writeGatewayConfig(site, {
      workspace: WORKSPACE,
      deployments: [
        deployment(SECRET_PLACE, secretTap.url, hs512(site.write('secret', secret.text))),
        deployment(KEY_PLACE, keyTap.url, jwks(KEY_PLACE.id)),
        deployment(OTHER_SECRET_PLACE, recorder.url, hs512(site.write('other', knownSecret().text))),
        deployment(OTHER_KEY_PLACE, recorder.url, jwks(OTHER_KEY_PLACE.id)),
      ],
    });
    gateway = await startGateway(site);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await gateway?.stop();
    await Promise.all(Object.values(taps).map((tap) => tap?.stop()));
    await airflow?.stop();
    await recorder?.stop();
  }, 60_000);

  const baseOf = (place: { path: string }) =>
    `${place.path === KEY_PLACE.path ? airflow?.splitUpstreamUrl : airflow?.upstreamUrl}${place.path}`;

  /** Airflow's own event log. */
  async function triggeredBy(path: string): Promise<string[]> {
    const query = `event=trigger_dag_run&dag_id=${SEEDED.dag}`;
    const logged = await gateway.fetch('ada', `${path}/api/v2/eventLogs?${query}`);
    const { event_logs: events } = (await logged.json()) as { event_logs: { owner: string }[] };
    return events.map(({ owner }) => owner);
  }

  /** What the gateway told Airflow of this person just now. */
  async function assertionOf(place: { id: string; path: string }, person: Person): Promise<string> {
    const answer = await gateway.fetch(person, `${place.path}/api/v2/dags`);
    expect(answer.status).toBe(200);
    return taps[place.id]?.lastAuthorization() ?? '';
  }

  describe.each([
    {
      profile: 'airflow3-hs512',
      place: SECRET_PLACE,
      other: OTHER_SECRET_PLACE,
      own: secret,
      stranger: knownSecret(),
    },
    { profile: 'airflow3-jwks', place: KEY_PLACE, other: OTHER_KEY_PLACE, own: key, stranger: knownRsaKey() },
  ])('by $profile', ({ place, other, own, stranger }) => {
    it('runs the task that an Editor triggers, and knows who did it', async () => {
      const runs = `${place.path}/api/v2/dags/${SEEDED.dag}/dagRuns`;
      const init = { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ logical_date: null }) };
      const before = await triggeredBy(place.path);
      const answer = await gateway.fetch('eve', runs, init);
      expect(answer.status).toBe(200);
      const { dag_run_id: id } = (await answer.json()) as { dag_run_id: string };
      await waitUntil('the run to succeed', 180_000, async () => {
        const run = (await (await gateway.fetch('eve', `${runs}/${encodeURIComponent(id)}`)).json()) as {
          state: string;
        };
        if (run.state === 'failed') throw new Error('the run failed');
        return run.state === 'success';
      });
      const log = await gateway.fetch('eve', `${runs}/${encodeURIComponent(id)}/taskInstances/hello/logs/1`);
      expect(await log.text()).toContain(SEEDED.logLine);
      const owners = await triggeredBy(place.path);
      expect(owners).toHaveLength(before.length + 1);
      expect(new Set(owners)).toEqual(new Set(['eve']));
    });

    it('tells Airflow the role, by which it judges too', async () => {
      const statuses: Record<string, number> = {};
      for (const person of ['ada', 'eve', 'vic'] as const) {
        const assertion = await assertionOf(place, person);
        statuses[person] = (await directly(baseOf(place), '/api/v2/variables', assertion)).status;
      }
      expect(statuses).toEqual({ ada: 200, eve: 403, vic: 403 });
    });

    it('gives nothing for a forged assertion, sent to it past the gateway', async () => {
      const genuine = await assertionOf(place, 'ada');
      const elsewhere = await assertedAt(gateway, recorder, `${other.path}/api/v2/dags`, 'ada');
      expect(elsewhere).toMatch(/^Bearer /);
      const control = await resigned(genuine, own.key);
      expect((await directly(baseOf(place), '/api/v2/variables', control)).status).toBe(200);
      for (const { name, authorization } of await forgeries(genuine, own, stranger, elsewhere)) {
        for (const path of ['/api/v2/variables', '/api/v2/dags', '/ui/config']) {
          const answer = await directly(baseOf(place), path, authorization);
          expect({ name, path, status: answer.status }).toEqual({
            name,
            path,
            status: name === 'an end in the past' ? 401 : 403,
          });
          expect(Object.keys((await answer.json()) as object)).toEqual(['detail']);
        }
      }
    });

    it('makes of a lowered Admin a Viewer with the next request, in the gateway and in Airflow', async () => {
      const variables = `${place.path}/api/v2/variables`;
      expect((await gateway.fetch('ada', variables)).status).toBe(200);
      await whileAdaIsViewer(gateway, async () => {
        const refused = await gateway.fetch('ada', variables);
        expect(refused.status).toBe(403);
        expect(refused.headers.get('x-auth-proxy-reason')).toBe('insufficient-permission');
        const assertion = await assertionOf(place, 'ada');
        expect(decodeJwt(assertion.slice('Bearer '.length))).toMatchObject({ sub: 'ada', role: 'viewer' });
        expect((await directly(baseOf(place), '/api/v2/variables', assertion)).status).toBe(403);
        expect((await directly(baseOf(place), '/api/v2/dags', assertion)).status).toBe(200);
      });
      expect((await gateway.fetch('ada', variables)).status).toBe(200);
    });
  });

  it('takes no assertion of one layout at the server of the other', async () => {
    const bySecret = await assertionOf(SECRET_PLACE, 'ada');
    const byKey = await assertionOf(KEY_PLACE, 'ada');
    expect((await directly(baseOf(SECRET_PLACE), '/api/v2/variables', byKey)).status).toBe(403);
    const crossed = await directly(baseOf(KEY_PLACE), '/api/v2/variables', bySecret);
    // Up to 3.2 a token without a `kid` it knows is an error of the server.
    expect([403, 500]).toContain(crossed.status);
    expect(await crossed.text()).not.toContain('total_entries');
  });

  it('is what `check --live` expects, or is told what to set', async () => {
    const good = await checkLive(gateway.configFile);
    for (const [place, profile] of [
      [SECRET_PLACE, 'airflow3-hs512'],
      [KEY_PLACE, 'airflow3-jwks'],
    ] as const) {
      expect(good.output).toContain(`ok: deployment \`${place.id}\` airflow: runs ${version}`);
      expect(good.output).toContain(
        `ok: deployment \`${place.id}\` airflow: takes our assertion (${profile})`,
      );
    }
    const config = readFileSync(gateway.configFile, 'utf8')
      .replace(/secretFile: .*\/secret$/m, `secretFile: ${gateway.write('wrong', knownSecret().text)}`)
      .replace(`audience: ${KEY_PLACE.id}`, 'audience: not-what-it-asks');
    const wrong = await checkLive(gateway.write('wrong.yaml', config));
    expect(wrong.exit).toBe(1);
    const faultOf = (id: string) =>
      wrong.output.split('\n').find((line) => line.startsWith(`fault: deployment \`${id}\``));
    expect(faultOf(SECRET_PLACE.id)).toContain('set AIRFLOW__API_AUTH__JWT_SECRET');
    expect(faultOf(KEY_PLACE.id)).toContain('AIRFLOW__API_AUTH__JWT_AUDIENCE to `not-what-it-asks`');
  });
});

describe.each([{ version: '2.11.2' }, { version: '2.6.3' }] as const)(
  'Airflow $version by airflow2',
  ({ version }) => {
    let airflow: RunningAirflow | undefined;
    let gateway: RunningGateway;
    let recorder: RecorderUpstream;
    let tap: Tap;
    let browser: Browser;
    const key = knownRsaKey();

    beforeAll(async () => {
      const site = await createGatewaySite();
      recorder = await startRecorderUpstream('Another Deployment');
      airflow = await startAirflow2({
        version,
        publicUrl: site.publicUrl,
        basePath: KEY_PLACE.path,
        jwks: `${site.publicUrl}/.auth/jwks.json`,
        audience: KEY_PLACE.id,
        scheduler: false,
      });
      tap = await startTap(airflow.upstreamUrl);
      const identity = { profile: 'airflow2', keyFile: site.write('identity.pem', key.text) };
      const service = { version: version.split('.', 2).join('.'), identity };
      writeGatewayConfig(site, {
        workspace: WORKSPACE,
        deployments: [
          { id: KEY_PLACE.id, workspace: WORKSPACE, airflow: { ...service, upstream: tap.url } },
          { id: OTHER_KEY_PLACE.id, workspace: WORKSPACE, airflow: { ...service, upstream: recorder.url } },
        ],
      });
      gateway = await startGateway(site);
      browser = await startChromium();
    }, START_TIMEOUT_MS);

    afterAll(async () => {
      await browser?.close();
      await gateway?.stop();
      await tap?.stop();
      await airflow?.stop();
      await recorder?.stop();
    }, 60_000);

    const api = (path: string) => `${KEY_PLACE.path}/api/v1${path}`;

    async function assertionOf(person: Person): Promise<string> {
      expect((await gateway.fetch(person, api('/dags'))).status).toBe(200);
      return tap.lastAuthorization();
    }

    it('knows person and role, by which it judges too', async () => {
      const statuses: Record<string, number> = {};
      for (const person of ['ada', 'eve', 'vic'] as const) {
        const assertion = await assertionOf(person);
        statuses[person] = (await directly(airflow?.baseUrl ?? '', '/api/v1/variables', assertion)).status;
      }
      expect(statuses).toEqual({ ada: 200, eve: 403, vic: 403 });
      const profile = await (await gateway.fetch('ada', `${KEY_PLACE.path}/users/userinfo/`)).text();
      expect(profile).toContain('Ada');
      expect(profile).toContain('[Admin]');
    });

    it('gives nothing for a forged assertion, sent to it past the gateway', async () => {
      const base = airflow?.baseUrl ?? '';
      const genuine = await assertionOf('ada');
      const elsewhere = await assertedAt(gateway, recorder, `${OTHER_KEY_PLACE.path}/api/v1/dags`, 'ada');
      expect(elsewhere).toMatch(/^Bearer /);
      const control = await resigned(genuine, key.key);
      expect((await directly(base, '/api/v1/variables', control)).status).toBe(200);
      for (const { name, authorization } of await forgeries(genuine, key, knownRsaKey(), elsewhere)) {
        for (const path of ['/api/v1/variables', '/api/v1/dags', '/home']) {
          const answer = await directly(base, path, authorization);
          expect({ name, path, status: answer.status }).toEqual({ name, path, status: 403 });
          expect(await answer.text()).toBe('Invalid assertion');
        }
      }
    });

    it('makes of a lowered Admin a Viewer with the next request, in the gateway and in Airflow', async () => {
      expect((await gateway.fetch('ada', api('/variables'))).status).toBe(200);
      const home = await gateway.fetch('ada', `${KEY_PLACE.path}/home`);
      const cookie = cookiesOf(home);
      await whileAdaIsViewer(gateway, async () => {
        const refused = await gateway.fetch('ada', `${KEY_PLACE.path}/variable/list/`, {
          headers: { cookie },
        });
        expect(refused.status).toBe(403);
        expect(refused.headers.get('x-auth-proxy-reason')).toBe('insufficient-permission');
        // The old session comes along: neither side may still take her for an Admin.
        const next = await gateway.fetch('ada', api('/dags'), { headers: { cookie } });
        expect(next.status).toBe(200);
        const page = await (
          await gateway.fetch('ada', `${KEY_PLACE.path}/home`, { headers: { cookie } })
        ).text();
        expect(page).toContain(SEEDED.dag);
        expect(page).not.toContain('/variable/list/');
        const assertion = tap.lastAuthorization();
        expect(decodeJwt(assertion.slice('Bearer '.length))).toMatchObject({ sub: 'ada', role: 'Viewer' });
        expect((await directly(airflow?.baseUrl ?? '', '/api/v1/variables', assertion)).status).toBe(403);
      });
      expect((await gateway.fetch('ada', `${KEY_PLACE.path}/variable/list/`)).status).toBe(200);
    });

    it('never shows the second person in one browser the session of the first', async () => {
      const context = await profileOf(browser, gateway, 'ada');
      const page = await context.newPage();
      const shown: { name: string; admin: boolean; cookies: number }[] = [];
      for (const person of ['ada', 'vic', 'eve', 'ada'] as const) {
        // Signing in elsewhere changes the platform's cookie and leaves every other one where it is.
        await signedInAs(context, gateway, person);
        await page.goto(`${gateway.publicUrl}${KEY_PLACE.path}/home`);
        await page.getByText(SEEDED.dag).first().waitFor();
        shown.push({ ...(await whoIsShown(page)), cookies: (await context.cookies()).length });
      }
      await context.close();
      expect(shown.map(({ name }) => name)).toEqual(['Ada Admin', 'Vic Viewer', 'Eve Editor', 'Ada Admin']);
      expect(shown.map(({ admin }) => admin)).toEqual([true, false, false, true]);
      expect(shown.at(0)?.cookies).toBeGreaterThan(1);
    });

    it('is what `check --live` expects, or is told what to set', async () => {
      const good = await checkLive(gateway.configFile);
      expect(good.output).toContain(`ok: deployment \`${KEY_PLACE.id}\` airflow: runs ${version}`);
      expect(good.output).toContain(
        `ok: deployment \`${KEY_PLACE.id}\` airflow: takes our assertion (airflow2)`,
      );
      const stranger = gateway.write('wrong.pem', knownRsaKey().text);
      const config = readFileSync(gateway.configFile, 'utf8').replaceAll(
        /keyFile: .*$/gm,
        `keyFile: ${stranger}`,
      );
      const wrong = await checkLive(gateway.write('wrong.yaml', config));
      expect(wrong.exit).toBe(1);
      expect(wrong.output).toContain(
        `fault: deployment \`${KEY_PLACE.id}\` airflow: does not take our assertion`,
      );
      expect(wrong.output).toContain('AIRFLOW_AUTH_PROXY_JWKS to our /.auth/jwks.json');
    });
  },
);

const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');

async function whoIsShown(page: Page): Promise<{ name: string; admin: boolean }> {
  const bar = await page.locator('.navbar').first().innerHTML();
  const names = ['Ada Admin', 'Vic Viewer', 'Eve Editor'].filter((name) => bar.includes(name));
  return { name: names.join(), admin: bar.includes('/variable/list/') };
}

describe('what demands the claims of astronomer-fab-securitymanager, by astro-sm', () => {
  let double: RunningAstroSm | undefined;
  let gateway: RunningGateway;
  let recorder: RecorderUpstream;
  let tap: Tap;
  const key: KnownKey = knownRsaKey();
  const AUDIENCE = 'deployments.example.com';

  beforeAll(async () => {
    const site = await createGatewaySite();
    recorder = await startRecorderUpstream('Another Deployment');
    const publicKey = createPublicKey(key.key).export({ type: 'spki', format: 'pem' }).toString();
    double = await startAstroSm({ basePath: KEY_PLACE.path, publicKey, audience: AUDIENCE });
    tap = await startTap(double.upstreamUrl);
    const keyFile = site.write('identity.pem', key.text);
    const identity = (audience: string) => ({ profile: 'astro-sm', keyFile, audience });
    const airflow = (upstream: string, audience: string) => ({
      version: '2.11',
      upstream,
      identity: identity(audience),
    });
    writeGatewayConfig(site, {
      workspace: WORKSPACE,
      deployments: [
        { id: KEY_PLACE.id, workspace: WORKSPACE, airflow: airflow(tap.url, AUDIENCE) },
        { id: OTHER_KEY_PLACE.id, workspace: WORKSPACE, airflow: airflow(recorder.url, 'other.example.com') },
      ],
    });
    gateway = await startGateway(site);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await gateway?.stop();
    await tap?.stop();
    await double?.stop();
    await recorder?.stop();
  }, 60_000);

  const home = `${KEY_PLACE.path}/home`;
  const base = () => `${double?.upstreamUrl}${KEY_PLACE.path}`;
  const shown = async (person: Person, headers: Record<string, string> = {}) => {
    const answer = await gateway.fetch(person, home, { headers });
    return { status: answer.status, cookie: cookiesOf(answer), who: (await answer.json()) as object };
  };

  it.each([
    { person: 'ada', roles: ['Admin'], full_name: 'Ada Admin' },
    { person: 'eve', roles: ['User'], full_name: 'Eve Editor' },
    { person: 'vic', roles: ['Viewer'], full_name: 'Vic Viewer' },
  ] as const)('takes $person with every claim it demands', async ({ person, roles, full_name }) => {
    const { status, who } = await shown(person);
    expect(status).toBe(200);
    expect(who).toEqual({ user: person, email: `${person}@example.com`, full_name, roles });
  });

  it('never meets the session of somebody else, which it would believe', async () => {
    const { cookie } = await shown('vic');
    expect(cookie).not.toBe('');
    // Between people of one role it does not notice the difference.
    await whileAdaIsViewer(gateway, async () => {
      expect((await shown('vic', { cookie })).who).toMatchObject({ user: 'vic' });
      expect((await shown('ada', { cookie })).who).toMatchObject({ user: 'ada' });
    });
  });

  it('answers the next request of a lowered Admin as a Viewer, without the redirect that would drop it', async () => {
    const { cookie } = await shown('ada');
    await whileAdaIsViewer(gateway, async () => {
      const next = await shown('ada', { cookie });
      expect(next.status).toBe(200);
      expect(next.who).toMatchObject({ user: 'ada', roles: ['Viewer'] });
      const assertion = tap.lastAuthorization();
      expect((await directly(base(), '/api/v1/variables', assertion)).status).toBe(403);
    });
  });

  it('gives nothing for a forged assertion, sent to it past the gateway', async () => {
    await shown('ada');
    const genuine = tap.lastAuthorization();
    const elsewhere = await assertedAt(gateway, recorder, `${OTHER_KEY_PLACE.path}/home`, 'ada');
    const control = await resigned(genuine, key.key);
    expect((await directly(base(), '/home', control)).status).toBe(200);
    for (const { name, authorization } of await forgeries(genuine, key, knownRsaKey(), elsewhere)) {
      const answer = await directly(base(), '/home', authorization);
      expect({ name, status: answer.status }).toEqual({ name, status: 403 });
    }
  });

  it.each(['sub', 'aud', 'exp', 'nbf', 'email', 'full_name', 'roles'])(
    'would refuse an assertion without `%s`, so each of ours has it',
    async (claim) => {
      await shown('ada');
      const without = await resigned(tap.lastAuthorization(), key.key, { [claim]: undefined });
      expect((await directly(base(), '/home', without)).status).toBe(403);
    },
  );

  it('would break on a role that is not a stock role, so none of ours is', async () => {
    await shown('ada');
    const unknown = await resigned(tap.lastAuthorization(), key.key, { roles: ['Editor'] });
    expect((await directly(base(), '/home', unknown)).status).toBe(500);
  });

  it('is what `check --live` expects, or is told what to set', async () => {
    const good = await checkLive(gateway.configFile);
    expect(good.output).toContain(`ok: deployment \`${KEY_PLACE.id}\` airflow: runs 2.11.2`);
    expect(good.output).toContain(
      `ok: deployment \`${KEY_PLACE.id}\` airflow: takes our assertion (astro-sm)`,
    );
    const config = readFileSync(gateway.configFile, 'utf8').replace(AUDIENCE, 'wrong.example.com');
    const wrong = await checkLive(gateway.write('wrong.yaml', config));
    expect(wrong.exit).toBe(1);
    expect(wrong.output).toContain('set AIRFLOW__ASTRONOMER__JWT_AUDIENCE to `wrong.example.com`');
  });
});
