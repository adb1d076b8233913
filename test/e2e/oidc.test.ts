import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { picture, startChromium } from './fixtures/chromium.js';
import {
  createGatewaySite,
  type RunningGateway,
  startGateway,
  writeGatewayConfig,
} from './fixtures/gateway.js';
import {
  CLIENT,
  type RunningProvider,
  startOidcProvider,
  TERMINAL_CLIENT,
} from './fixtures/oidc-provider.js';
import { PROJECT_FOLDER } from './fixtures/paths.js';
import { PEOPLE, type Person } from './fixtures/people.js';
import { waitUntil } from './fixtures/ready.js';
import { type RecorderUpstream, startRecorderUpstream } from './fixtures/recorder-upstream.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const REFRESH_SECONDS = 5;

let browser: Browser;
let airflow: RecorderUpstream;
let provider: RunningProvider;
let gateway: RunningGateway;
const commands: ChildProcess[] = [];

beforeAll(async () => {
  browser = await startChromium();
  airflow = await startRecorderUpstream('Airflow of quasarian');
  const site = await createGatewaySite();
  provider = await startOidcProvider(site.publicUrl);
  const upstream = { upstream: airflow.url, identity: { profile: 'none' } };
  writeGatewayConfig(site, {
    workspace: 'data-team',
    deployments: [
      {
        id: 'quasarian-sun-1234',
        workspace: 'data-team',
        airflow: { version: '3.3', ...upstream },
        flower: { version: '2.2', ...upstream },
      },
      { id: 'lonely-moon-1', workspace: 'ml-team', airflow: { version: '2.11', ...upstream } },
      { id: 'hidden-star-1', workspace: 'secret-team', airflow: { version: '3.3', ...upstream } },
    ],
    directory: {
      workspaces: [
        {
          id: 'data-team',
          label: 'Data team',
          members: [
            { user: 'ada', role: 'ADMIN' },
            { user: 'eve', role: 'EDITOR' },
            { user: 'vic', role: 'VIEWER' },
          ],
        },
        {
          id: 'ml-team',
          label: 'Machine learning',
          members: [
            { user: 'ada', role: 'VIEWER' },
            { group: 'staff', role: 'VIEWER' },
          ],
        },
        { id: 'secret-team', label: 'Secret team', members: [{ user: 'root', role: 'ADMIN' }] },
      ],
    },
    overrides: {
      platform: {
        issuers: [{ issuer: provider.issuer, audience: [TERMINAL_CLIENT], jwks: `${provider.issuer}/jwks` }],
      },
      permissions: { WORKSPACE_VIEWER: { 'deployment.flower.worker.get': false } },
      branding: { name: 'Quasar Data Platform' },
      support: { contact: 'help@example.com' },
      signIn: {
        providers: [
          {
            id: 'corp',
            label: 'Corporate login',
            issuer: provider.issuer,
            clientId: CLIENT.id,
            clientSecret: CLIENT.secret,
            scopes: ['openid', 'profile', 'email', 'groups'],
          },
        ],
        session: { refreshSeconds: REFRESH_SECONDS, staleForSeconds: 1 },
      },
    },
  });
  gateway = await startGateway(site);
}, 120_000);

afterAll(async () => {
  for (const command of commands) command.kill();
  await browser?.close();
  await gateway?.stop();
  await provider?.stop();
  await airflow?.stop();
});

interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Hosts that pages of the gateway made the browser ask. */
  readonly asked: Set<string>;
}

async function visit(): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const asked = new Set<string>();
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) asked.add(new URL(request.url()).host);
  });
  return { context, page, asked };
}

/** From wherever the gateway sent the browser: the provider's page, a click, and back. */
async function signInAs(page: Page, person: Person): Promise<void> {
  await page.waitForURL(`${provider.issuer}/**`);
  await page.getByRole('link', { name: PEOPLE[person].name }).click();
  await page.waitForURL(`${gateway.publicUrl}/**`);
}

async function seriousFaults(page: Page): Promise<string[]> {
  // Past the page's own policy, which lets no script run: the checker is not part of the page.
  const found: unknown = await page.evaluate(
    `${AXE}; axe.run(document).then(({ violations }) => violations)`,
  );
  return (found as { id: string; impact: string; nodes: { html: string }[] }[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

async function cookieNames({ context }: Visit): Promise<string[]> {
  return (await context.cookies(gateway.publicUrl)).map(({ name }) => name);
}

describe('signing in at an OpenID Provider', () => {
  it.each<[Person, string[], string[]]>([
    ['ada', ['Data team', 'Machine learning'], ['Admin', 'Viewer']],
    ['eve', ['Data team', 'Machine learning'], ['Editor', 'Viewer']],
    ['otto', ['Machine learning'], ['Viewer']],
  ])('shows %s the Workspaces they have, with their roles', async (person, workspaces, badges) => {
    const { page, context, asked } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, person);
    expect(new URL(page.url()).pathname).toBe('/');
    expect(await page.locator('h2').allTextContents()).toEqual(workspaces);
    expect(await page.locator('.badge').allTextContents()).toEqual(badges);
    expect(await page.textContent('body')).not.toContain('hidden-star');
    expect(await page.textContent('header')).toContain(PEOPLE[person].name);
    expect(await page.textContent('header')).toContain('Quasar Data Platform');
    expect([...asked]).toEqual([]);
    await picture(page, `home-${person}`);
    await context.close();
  });

  it('opens a Deployment, keeps our cookies from it, and greys what the role does not reach', async () => {
    const { page, context } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'vic');
    const flower = page.locator('.services li', { hasText: 'Flower' });
    expect(await flower.textContent()).toContain('Your role does not open it.');
    expect(await flower.locator('a').count()).toBe(0);
    await page.getByRole('link', { name: 'Open Airflow of quasarian-sun-1234' }).click();
    await page.waitForURL('**/quasarian-sun-1234/airflow/');
    expect(await page.textContent('h1')).toBe('Airflow of quasarian');
    expect(airflow.requests.at(-1)?.headers.cookie).toBeUndefined();
    await page.goto(gateway.publicUrl);
    expect(await page.locator('.services li', { hasText: 'Airflow' }).first().textContent()).toContain(
      'answers, seen just now',
    );
    await context.close();
  });

  it('tells what was denied, and who has access', async () => {
    const { page, context } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'vic');
    const denied = await page.goto(`${gateway.publicUrl}/quasarian-sun-1234/airflow/variables?secret=1`);
    expect(denied?.status()).toBe(403);
    expect(await page.textContent('h1')).toBe('Access is Denied');
    expect(await page.textContent('header')).toContain('Quasar Data Platform');
    await page.goto(`${gateway.publicUrl}/?view=denials`);
    const row = await page.locator('tbody tr').first().textContent();
    expect(row).toContain('/quasarian-sun-1234/airflow/variables');
    expect(row).not.toContain('secret');
    await page.goto(`${gateway.publicUrl}/?view=users`);
    const people = await page
      .locator('section', { hasText: 'Data team' })
      .locator('tbody th')
      .allTextContents();
    expect(people).toEqual(['ada', 'eve', 'vic']);
    expect(await page.textContent('body')).not.toContain('root');
    await context.close();
  });

  it('signs out here and at the provider; the back button shows nothing', async () => {
    const here = await visit();
    const { page, context } = here;
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'ada');
    await page.goto(`${gateway.publicUrl}/quasarian-sun-1234/airflow/`);
    await page.goto(gateway.publicUrl);
    const before = await context.cookies(gateway.publicUrl);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.waitForURL(`${provider.issuer}/session/end**`);
    await page.getByRole('button', { name: /yes/i }).click();
    await page.waitForURL(`${gateway.publicUrl}/.auth/signed-out**`);
    expect(await page.textContent('h1')).toBe('You are signed out');
    expect((await cookieNames(here)).filter((name) => name.startsWith('airflow_auth_session'))).toEqual([]);

    for (let i = 0; i < 3; i += 1) await page.goBack().catch(() => null);
    expect(await page.textContent('body')).not.toContain('Secret of the Deployment');
    expect(await page.textContent('body')).not.toContain('Data team');

    // A copy of the cookie is of no use either.
    const session = before.find(({ name }) => name === 'airflow_auth_session')?.value;
    const copied = await fetch(`${gateway.publicUrl}/.auth/me`, {
      headers: { cookie: `airflow_auth_session=${session}` },
    });
    expect(copied.status).toBe(401);
    await context.close();
  });

  it('leads Airflow’s own sign-out to ours, at once', async () => {
    const here = await visit();
    const { page, context } = here;
    await page.goto(`${gateway.publicUrl}/quasarian-sun-1234/airflow/`);
    await signInAs(page, 'eve');
    await page.evaluate(`location.assign('/quasarian-sun-1234/airflow/auth/logout')`);
    await page.waitForURL(`${provider.issuer}/session/end**`);
    expect(await cookieNames(here)).not.toContain('airflow_auth_session');
    await context.close();
  });

  it('comes back to the deep link after an expired session', async () => {
    const { page, context } = await visit();
    const deep = `${gateway.publicUrl}/quasarian-sun-1234/airflow/dags/etl/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00?tab=graph`;
    await page.goto(deep);
    await signInAs(page, 'eve');
    const landed = page.url();
    expect(decodeURIComponent(landed)).toBe(decodeURIComponent(deep));
    const held = await context.cookies(gateway.publicUrl);
    await context.clearCookies({ name: 'airflow_auth_session' });
    await context.addCookies(
      held
        .filter(({ name }) => name === 'airflow_auth_session')
        .map((cookie) => ({ ...cookie, value: `${cookie.value.slice(0, -4)}AAAA` })),
    );
    // The provider still knows the browser, so nobody has to click.
    await page.goto(deep);
    expect(page.url()).toBe(landed);
    expect(await page.textContent('h1')).toBe('Airflow of quasarian');
    await context.close();
  });

  it('does not sign in by somebody else’s link', async () => {
    const attacker = await visit();
    await attacker.page.goto(gateway.publicUrl);
    await attacker.page.waitForURL(`${provider.issuer}/**`);
    // So the callback is refused in the attacker's browser, and the code in its address is not spent.
    await attacker.context.clearCookies({ domain: 'localhost' });
    await attacker.page.getByRole('link', { name: PEOPLE.otto.name }).click();
    await attacker.page.waitForURL(`${gateway.publicUrl}/.auth/callback/**`);
    const stolen = attacker.page.url();
    const victim = await visit();
    const answer = await victim.page.goto(stolen);
    expect(answer?.status()).toBe(401);
    expect(await victim.page.textContent('h1')).toBe('Start the sign-in again');
    expect(await seriousFaults(victim.page)).toEqual([]);
    expect(await cookieNames(victim)).not.toContain('airflow_auth_session');
    await attacker.context.close();
    await victim.context.close();
  });

  it('ends the session everywhere when the provider says so by its back channel', async () => {
    const [one, other] = [await visit(), await visit()];
    await one.page.goto(gateway.publicUrl);
    await signInAs(one.page, 'ada');
    const session = (await one.context.cookies(gateway.publicUrl)).filter(
      ({ name }) => name === 'airflow_auth_session',
    );
    // The same session in another browser, as if its cookie had been copied.
    await other.context.addCookies(session);
    await other.page.goto(gateway.publicUrl);
    expect(await other.page.textContent('header')).toContain('Ada Admin');
    await one.page.goto(`${provider.issuer}/session/end`);
    await one.page.getByRole('button', { name: /yes/i }).click();
    const me = () =>
      fetch(`${gateway.publicUrl}/.auth/me`, {
        headers: { cookie: session.map(({ name, value }) => `${name}=${value}`).join('; ') },
      });
    await waitUntil('the session to be over', 5000, async () => (await me()).status === 401);
    expect(gateway.auditRecords().some(({ event }) => reasonOf(event) === 'ended-by-provider')).toBe(true);
    await one.context.close();
    await other.context.close();
  });

  it('lets a disabled person out within the bound', async () => {
    const { page, context } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'eve');
    provider.disable('eve');
    const disabledAt = performance.now();
    await waitUntil('the person to be out', 20_000, async () => {
      const answer = await context.request.get(`${gateway.publicUrl}/.auth/me`);
      return answer.status() === 401;
    });
    expect(performance.now() - disabledAt).toBeLessThan((REFRESH_SECONDS + 3) * 1000);
    await context.close();
  }, 60_000);
});

describe('airflow-auth-proxy login', () => {
  it('prints a token that the gateway takes', async () => {
    const command = spawn(process.execPath, [
      join(PROJECT_FOLDER, 'dist', 'main.js'),
      ...['login', '--issuer', provider.issuer, '--client-id', TERMINAL_CLIENT],
    ]);
    commands.push(command);
    const [out, err] = [collect(command.stdout), collect(command.stderr)];
    await waitUntil('the address', 10_000, async () => err().includes(provider.issuer));
    const { page, context } = await visit();
    await page.goto(/http\S+/.exec(err())?.[0] ?? '');
    await page.getByRole('link', { name: PEOPLE.ada.name }).click();
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
    await waitUntil('the end of the command', 10_000, async () => command.exitCode !== null);
    expect(command.exitCode).toBe(0);
    const me = await fetch(`${gateway.publicUrl}/.auth/workspaces`, {
      headers: { authorization: `Bearer ${out().trim()}` },
    });
    expect(me.status).toBe(200);
    expect(await me.json()).toMatchObject({
      workspaces: [
        {
          id: 'data-team',
          label: 'Data team',
          deployments: [{ id: 'quasarian-sun-1234', role: 'WORKSPACE_ADMIN' }],
        },
        { id: 'ml-team' },
      ],
    });
    await context.close();
  }, 30_000);
});

describe('our own pages', () => {
  it('have no serious fault for axe, light, dark and small', async () => {
    const { page, context } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'vic');
    const pages = [
      '/',
      '/?view=users',
      '/?view=permissions',
      '/?view=denials',
      '/quasarian-sun-1234/airflow/variables',
      '/nowhere/airflow/',
      '/.auth/logout',
      '/.auth/signed-out',
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [360, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        for (const path of pages) {
          await page.goto(`${gateway.publicUrl}${path}`);
          expect({ path, colorScheme, width, faults: await seriousFaults(page) }).toEqual({
            path,
            colorScheme,
            width,
            faults: [],
          });
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect({ path, width, overflow: Number(overflow) > 0 }).toEqual({ path, width, overflow: false });
        }
      }
    }
    await context.close();
  }, 120_000);

  it('can be walked by keyboard', async () => {
    const { page, context } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'ada');
    const stops: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      await page.keyboard.press('Tab');
      stops.push(String(await page.evaluate('document.activeElement.textContent')));
    }
    expect(stops).toEqual([
      'Skip to content',
      'Sign out',
      'Deployments',
      'Users',
      'What may I do?',
      'What was denied to me',
      'Airflow',
    ]);
    await context.close();
  });

  it('are light: the front page is one answer of 50 KiB at most', async () => {
    const { page, context, asked } = await visit();
    await page.goto(gateway.publicUrl);
    await signInAs(page, 'ada');
    const answer = await context.request.get(gateway.publicUrl, { headers: { accept: 'text/html' } });
    expect((await answer.body()).length).toBeLessThanOrEqual(50 * 1024);
    expect([...asked]).toEqual([]);
    await context.close();
  });
});

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function reasonOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'reason' in event ? event.reason : undefined;
}
