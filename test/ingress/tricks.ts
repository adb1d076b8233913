/** A request in bytes, for somebody's token. */
export type Trick = (caller: { readonly host: string; readonly token: string }) => string;

/** Ways to name the variables of a Deployment so that not every server on the way sees it (threats P01-P40, H06, M05). */
export function TRICKS(deployment: string): [string, Trick][] {
  const base = `/${deployment}/airflow`;
  const targets: [string, string][] = [
    ['plain path', `${base}/api/v2/variables`],
    ['doubled slash', `/${deployment}//airflow/api/v2/variables`],
    ['doubled slash inside', `${base}/api/v2//variables`],
    ['dot segment', `${base}/./api/v2/variables`],
    ['way up and down', `${base}/api/v2/dags/../variables`],
    ['encoded way up', `${base}/api/v2/dags/%2e%2e/variables`],
    ['twice encoded way up', `${base}/api/v2/dags/%252e%252e/variables`],
    ['way up with an encoded slash', `${base}/api/v2/dags/..%2Fvariables`],
    ['backslash', `${base}/api/v2\\variables`],
    ['encoded backslash', `${base}/api/v2/dags/..%5Cvariables`],
    ['encoded letter', `${base}/api/v2/%76ariables`],
    ['twice encoded letter', `${base}/api/v2/%2576ariables`],
    ['final slash', `${base}/api/v2/variables/`],
    ['parameter', `${base}/api/v2/variables;x=1`],
    ['dots and a parameter', `${base}/api/v2/dags/..;/variables`],
    ['upper case', `${base}/api/v2/VARIABLES`],
    ['fragment', `${base}/api/v2/dags#/../variables`],
    ['encoded question mark', `${base}/api/v2/variables%3Flimit=1`],
    ['encoded null', `${base}/api/v2/variables%00`],
    ['encoded line break', `${base}/api/v2/variables%0a`],
    ['tab', `${base}/api/v2/vari\tables`],
    ['overlong slash', `${base}/api/v2/dags%c0%af..%c0%afvariables`],
    ['our own place and up', `/.auth/../${deployment}/airflow/api/v2/variables`],
    ['home page and up', `/x/../${deployment}/airflow/api/v2/variables`],
    ['encoded place', `/%71${deployment.slice(1)}/airflow/api/v2/variables`],
    ['no prefix', '/api/v2/variables'],
    ['absolute target', `http://localhost${base}/api/v2/variables`],
    ['page of the UI', `${base}/variables`],
    ['internal place of nginx', '/-/auth-proxy-ask'],
  ];
  const request = (method: string, target: string, fields: readonly string[], caller: Parameters<Trick>[0]) =>
    [
      `${method} ${target} HTTP/1.1`,
      `Host: ${caller.host}`,
      `Authorization: Bearer ${caller.token}`,
      'Connection: close',
      ...fields,
      '',
      '',
    ].join('\r\n');
  const fields: [string, string[]][] = [
    ['second Authorization', ['Authorization: Bearer x']],
    ['second Host', ['Host: evil.example']],
    ['Connection that lists Authorization', ['Connection: close, Authorization']],
    ['Connection that lists X-Original-URL', ['Connection: close, X-Original-URL, X-Original-Method']],
    ['Connection that lists X-Forwarded-Uri', ['Connection: close, X-Forwarded-Uri, X-Forwarded-Method']],
    ['two cookies', ['Cookie: a=b', 'Cookie: c=d']],
    ['upgrade', ['Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13']],
    ['upgrade to h2c', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA']],
  ];
  const methods = ['POST', 'PATCH', 'DELETE', 'post', 'Delete', 'QUERY', 'TRACE', 'OPTIONS'];
  return [
    ...targets.map(([name, target]): [string, Trick] => [
      name,
      (caller) => request('GET', target, [], caller),
    ]),
    ...fields.map(([name, list]): [string, Trick] => [
      name,
      (caller) => request('GET', `${base}/api/v2/variables`, list, caller),
    ]),
    ...methods.map((method): [string, Trick] => [
      `${method} to a DAG`,
      (caller) => request(method, `${base}/api/v2/dags/x`, ['Content-Length: 0'], caller),
    ]),
    [
      'request hidden in a body',
      (caller) => {
        const hidden = request('GET', `${base}/api/v2/variables`, [], caller);
        const list = [`Content-Length: ${hidden.length}`, 'Transfer-Encoding: chunked'];
        return `${request('GET', `${base}/api/v2/dags`, list, caller)}0\r\n\r\n${hidden}`;
      },
    ],
    [
      'request behind a request',
      (caller) =>
        request('GET', `${base}/api/v2/dags`, [], caller).replace('Connection: close\r\n', '') +
        request('GET', `${base}/api/v2/variables`, [], caller),
    ],
  ];
}

/** Every path that some server could read in a target: decoded, cleaned, cut and in lower case, in any order. */
export function readings(target: string): string[] {
  const seen = new Set<string>();
  const queue = [target.replace(/^https?:\/\/[^/]*/i, '')];
  while (queue.length > 0 && seen.size < 500) {
    const path = queue.pop() ?? '';
    if (seen.has(path)) continue;
    seen.add(path);
    queue.push(
      path.replace(/[?#].*$/s, ''),
      decodeOnce(path),
      path.replaceAll('\\', '/'),
      path.replace(/\/+/g, '/'),
      path.replace(/;[^/]*/g, ''),
      path.replace(/[\x00-\x1f]/g, ''),
      path.replace(/\/$/, ''),
      withoutDots(path),
    );
  }
  return [...seen];
}

type Denied = (method: string, path: string) => boolean;

/** What a Viewer must never reach at an Airflow 3, told without the catalog. */
export function DENIED_FOR_VIEWER(deployment: string): Denied[] {
  const below = (path: string) => path.startsWith(`/${deployment}/airflow/`) || path.startsWith('/api/');
  return [
    (_method, path) => below(path) && /\/api\/v2\/(variables|connections|pools|config)(\/|$)/.test(path),
    (_method, path) => below(path) && /\/airflow\/(variables|connections|pools|configs)$/.test(path),
    (method, path) =>
      below(path) && !['GET', 'HEAD'].includes(method.toUpperCase()) && /\/api\/v2\/dags\/x$/.test(path),
  ];
}

function decodeOnce(path: string): string {
  return path.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return kept.join('/');
}
