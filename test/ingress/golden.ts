import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports, StartIngress } from './chain.js';
import { findProgram } from './programs.js';

/** Each controller that can be had here, and how its golden configuration is put on this machine's ports. */
export const CONTROLLERS: Readonly<
  Record<string, { readonly program: string | undefined; readonly start: (program: string) => StartIngress }>
> = {
  nginx: {
    program: findProgram('nginx'),
    start: (program) => (folder, ports) => {
      const places: [string, string][] = [
        ...addresses(ports),
        ['listen 80;', `listen 127.0.0.1:${ports.ingress};`],
        ['server_name airflow.example.com', 'server_name localhost'],
      ];
      for (const name of ['airflow-auth-proxy.conf', 'ask.conf', 'forward.conf']) {
        writeFileSync(
          join(folder, name),
          place(`nginx/${name}`, name === 'airflow-auth-proxy.conf' ? places : []),
        );
      }
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `${kind}_temp_path ${folder}/${kind};`,
      );
      writeFileSync(
        join(folder, 'nginx.conf'),
        `daemon off; pid ${folder}/nginx.pid; worker_processes 1; error_log stderr warn; ${process.getuid?.() === 0 ? 'user root;' : ''}
events {} http { access_log off; ${temporary.join(' ')} include airflow-auth-proxy.conf; }`,
      );
      return { command: program, args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'] };
    },
  },
  caddy: {
    program: findProgram('caddy'),
    start: (program) => (folder, ports) => {
      const site: [string, string] = ['http://airflow.example.com:80', `http://localhost:${ports.ingress}`];
      const options = '{\n\tadmin off\n}\n';
      writeFileSync(
        join(folder, 'Caddyfile'),
        options + place('caddy/Caddyfile', [site, ...addresses(ports)]),
      );
      return {
        command: program,
        args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      };
    },
  },
  'envoy by gRPC': { program: findProgram('envoy'), start: envoy('envoy/envoy-grpc.yaml') },
  'envoy by HTTP': { program: findProgram('envoy'), start: envoy('envoy/envoy-http.yaml') },
};

function envoy(file: string): (program: string) => StartIngress {
  return (program) => (folder, ports) => {
    const sockets = (
      [
        ['0.0.0.0', 80, ports.ingress],
        ['auth-proxy', 9086, ports.check],
        ['auth-proxy', 9085, ports.door],
        ['auth-proxy', 8084, ports.pages],
        ['airflow', 8080, ports.airflow],
        ['flower', 5555, ports.flower],
      ] as const
    )
      .filter(([name, port]) => read(file).includes(`address: ${name}, port_value: ${port} `))
      .map(([name, port, actual]): [string, string] => [
        `address: ${name}, port_value: ${port} `,
        `address: 127.0.0.1, port_value: ${actual} `,
      ]);
    const domains: [string, string] = [
      '[airflow.example.com, "airflow.example.com:*"]',
      '[localhost, "localhost:*"]',
    ];
    writeFileSync(join(folder, 'envoy.yaml'), place(file, [...sockets, domains]));
    return {
      command: program,
      args: [
        '-c',
        join(folder, 'envoy.yaml'),
        '--use-dynamic-base-id',
        '--concurrency',
        '1',
        '--log-level',
        'warning',
      ],
    };
  };
}

function addresses(ports: Ports): [string, string][] {
  return [
    ['auth-proxy:9085', `127.0.0.1:${ports.door}`],
    ['auth-proxy:8084', `127.0.0.1:${ports.pages}`],
    ['airflow:8080', `127.0.0.1:${ports.airflow}`],
    ['flower:5555', `127.0.0.1:${ports.flower}`],
  ];
}

function place(file: string, replacements: readonly (readonly [string, string])[]): string {
  let text = read(file);
  for (const [written, here] of replacements) {
    if (!text.includes(written)) throw new Error(`${file} does not say \`${written}\``);
    text = text.replaceAll(written, here);
  }
  return text;
}

function read(file: string): string {
  return readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
}
