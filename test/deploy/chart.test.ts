import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { findProgram } from '../ingress/programs.js';

const HELM_FOLDER = resolve(import.meta.dirname, '../../deploy/helm');
const CHART = join(HELM_FOLDER, 'airflow-auth-proxy');
const SHAPES = ['gateway', 'sidecar'] as const;
const SECRETS = '/etc/airflow-auth-proxy/secrets/';

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  // Manifests have as many forms as kinds; the tests say which part they mean.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly [key: string]: any;
}

const helm = findProgram('helm');
const kubeconform = findProgram('kubeconform');
const folder = mkdtempSync(join(tmpdir(), 'chart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the Helm chart', () => {
  if (helm === undefined) {
    it.skip('left out: helm is not installed (deploy/verify.sh)', () => {});
    return;
  }

  function render(values: string, ...more: string[]): Manifest[] {
    const args = [
      'template',
      'airflow',
      CHART,
      '-n',
      'gateways',
      '--kube-version',
      '1.34.0',
      '-f',
      values,
      ...more,
    ];
    const text = execFileSync(helm ?? '', args, { encoding: 'utf8', stdio: 'pipe' });
    return parseAllDocuments(text).map((document) => document.toJS());
  }

  function fault(values: object): string {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    const args = ['template', 'airflow', CHART, '--kube-version', '1.34.0', '-f', file];
    const { status, stderr } = spawnSync(helm ?? '', args, { encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  }

  const valuesOf = (shape: string) => join(CHART, 'ci', `${shape}-values.yaml`);
  const of = (manifests: readonly Manifest[], kind: string) => manifests.filter((one) => one.kind === kind);

  describe.each(SHAPES)('in the shape %s', (shape) => {
    const manifests = render(valuesOf(shape));

    it('passes helm lint', () => {
      const { status, stdout } = spawnSync(helm, ['lint', '--strict', CHART, '-f', valuesOf(shape)], {
        encoding: 'utf8',
      });
      expect([status, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
    });

    const check = kubeconform === undefined ? it.skip : it;
    check('makes what Kubernetes 1.34 takes (kubeconform)', () => {
      expect(conform(manifests)).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
    });

    it('writes a gateway.yaml that loads: doors on every address, time to drain, records on standard output', () => {
      const { config } = load(manifests);
      expect(config.server.listen).toEqual({ host: '0.0.0.0', port: 8084 });
      expect(config.server.adminListen).toEqual({ host: '0.0.0.0', port: 9084 });
      expect(config.server.timeouts.drainDelayMs).toBe(5000);
      expect(config.audit.path).toBe('-');
    });

    it('leads from Services to ports that the pods have', () => {
      for (const service of of(manifests, 'Service')) {
        for (const { targetPort } of service.spec.ports)
          expect([8084, 9084, 9085, 9086]).toContain(targetPort);
      }
      const [admin] = of(manifests, 'Service').filter(({ metadata }) => metadata.name.endsWith('-internal'));
      expect(admin?.spec.type).toBe('ClusterIP');
    });

    it('admits nobody in particular to the public port alone', () => {
      for (const policy of of(manifests, 'NetworkPolicy')) {
        expect(policy.spec.policyTypes).toEqual(['Ingress']);
        expect(Object.keys(policy.spec.podSelector.matchLabels).length).toBeGreaterThan(0);
        for (const { ports, from } of policy.spec.ingress) {
          const open = from === undefined || from.length === 0;
          if (open) expect(ports).toEqual([{ protocol: 'TCP', port: 8084 }]);
          for (const peer of from ?? []) expect(Object.keys(peer).length).toBeGreaterThan(0);
        }
      }
    });

    it('finds its own pods by the ServiceMonitor', () => {
      const [monitor] = of(manifests, 'ServiceMonitor');
      const wanted: Record<string, string> = monitor?.spec.selector.matchLabels;
      const found = of(manifests, 'Service').filter(({ metadata }) =>
        Object.entries(wanted).every(([key, value]) => metadata.labels?.[key] === value),
      );
      expect(
        found.map(({ spec }) => spec.ports.some(({ name }: { name: string }) => name === 'admin')),
      ).toEqual([true]);
    });
  });

  it('runs the gateway as nobody, on a root that cannot be written to', () => {
    const [deployment] = of(render(valuesOf('gateway')), 'Deployment');
    const pod = deployment?.spec.template.spec;
    const [container] = pod.containers;
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    // A file mounted by subPath never changes.
    expect(container.volumeMounts.some((mount: object) => 'subPath' in mount)).toBe(false);
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(5000 + 25_000);
  });

  it('closes each Airflow to all but the gateway and Airflow’s own pods', () => {
    const policies = of(render(valuesOf('gateway')), 'NetworkPolicy').filter(
      ({ metadata }) => metadata.namespace,
    );
    expect(policies.map(({ metadata }) => metadata.namespace)).toEqual([
      'quasarian-sun-1234',
      'quasarian-sun-1234',
      'luminous-moon-5678',
    ]);
    for (const { spec } of policies) {
      const [gateway, ...airflow] = spec.ingress[0].from;
      expect(gateway.namespaceSelector.matchLabels).toEqual({ 'kubernetes.io/metadata.name': 'gateways' });
      for (const peer of airflow) expect(peer.podSelector.matchLabels.tier).toBe('airflow');
    }
  });

  const issuers = [{ issuer: 'https://p.example', audience: ['a'], jwks: 'https://p.example/jwks' }];
  const config = (identity: object) => ({
    server: { publicUrl: 'https://airflow.example.com' },
    platform: { issuers },
    deployments: [
      { id: 'demo', workspace: 'w', airflow: { version: '2.11', upstream: 'http://x:8080', identity } },
    ],
  });
  it.each<[string, object, RegExp]>([
    [
      'a signing key that each replica would make',
      { config: config({ profile: 'airflow2' }) },
      /keyFile is missing/,
    ],
    [
      'a secret in the ConfigMap',
      { config: config({ profile: 'airflow3-hs512', secret: 'x' }) },
      /would stand in a ConfigMap/,
    ],
    [
      'session keys that each replica would make',
      { config: { ...config({ profile: 'none' }), signIn: { providers: [] } } },
      /session\.keys is missing/,
    ],
    [
      'the development issuer',
      { config: { ...config({ profile: 'none' }), development: { issuer: true } } },
      /lets anybody be anybody/,
    ],
    ['no public URL', { config: {} }, /publicUrl is missing/],
    [
      'a sidecar of no pods',
      { shape: 'sidecar', config: config({ profile: 'none' }) },
      /podSelector is empty/,
    ],
    [
      'an execution port for everybody',
      {
        shape: 'sidecar',
        config: config({ profile: 'none' }),
        sidecar: { podSelector: { a: 'b' }, executionPorts: [8080] },
      },
      /executionFrom is empty/,
    ],
    [
      'a key that is not there',
      { config: config({ profile: 'none' }), replica: 3 },
      /additional properties 'replica'/,
    ],
  ])('refuses %s', (_name, values, message) => {
    expect(fault(values)).toMatch(message);
  });

  it.each(readdirSync(join(HELM_FOLDER, 'official-airflow')))(
    '%s makes pods with what our chart makes',
    (name) => {
      const values = parse(readFileSync(join(HELM_FOLDER, 'official-airflow', name), 'utf8'));
      const components = [values.apiServer, values.webserver, values.flower].filter(
        (one) => one !== undefined,
      );
      for (const { extraContainers, extraVolumes } of components) {
        const [container] = extraContainers;
        const named: string[] = extraVolumes.map((volume: { name: string }) => volume.name);
        for (const mount of container.volumeMounts) expect(named).toContain(mount.name);
        expect(container.args.at(-1)).toBe('/etc/airflow-auth-proxy/config/gateway.yaml');
        expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
        const template = {
          metadata: { labels: { a: 'b' } },
          spec: { containers: extraContainers, volumes: extraVolumes },
        };
        const pods = {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'x' },
          spec: { selector: { matchLabels: { a: 'b' } }, template },
        };
        if (kubeconform !== undefined) expect(conform([pods])).toMatch(/Invalid: 0, Errors: 0/);
      }
      expect(values.networkPolicies.enabled).toBe(false);
      for (const way of Object.values(values.ingress)) expect(way).toEqual({ enabled: false });
    },
  );

  /** Puts files where the configuration expects the Secret, and loads what the ConfigMap says. */
  function load(manifests: readonly Manifest[]) {
    const [map] = of(manifests, 'ConfigMap');
    const place = mkdtempSync(join(folder, 'config-'));
    const secrets = join(place, 'secrets/');
    for (const [name, text] of Object.entries<string>(map?.data)) {
      for (const [, secret = ''] of text.matchAll(new RegExp(`${SECRETS}([\\w.-]+)`, 'g'))) {
        mkdirSync(dirname(join(secrets, secret)), { recursive: true });
        writeFileSync(join(secrets, secret), 'x'.repeat(64));
      }
      writeFileSync(join(place, name), text.replaceAll(SECRETS, secrets));
    }
    return loadConfig({ file: join(place, 'gateway.yaml') });
  }
});

function conform(manifests: readonly object[]): string {
  const schemas = join(HELM_FOLDER, 'schemas', '{{.ResourceKind}}{{.KindSuffix}}.json');
  const { stdout, stderr } = spawnSync(
    kubeconform ?? '',
    ['-strict', '-summary', '-schema-location', schemas],
    {
      input: manifests.map((one) => stringify(one)).join('---\n'),
      encoding: 'utf8',
    },
  );
  return `${stdout}${stderr}`;
}
