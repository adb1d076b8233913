// Makes the schemas that kubeconform checks the chart with, from those of the Python package kubernetes-validate:
//
//   pip install --target /tmp/schemas kubernetes-validate
//   node deploy/helm/schemas/make.mjs /tmp/schemas/kubernetes_validate/kubernetes-json-schema/v1.34.0-local-strict
//
// They come from the OpenAPI documents of Kubernetes (Apache-2.0). Each file is made whole, and descriptions are left out.
// HTTPRoute and ServiceMonitor are not Kubernetes' own: their files are written by hand and hold what the chart uses.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('name the folder with the schemas');
const { $defs: all } = JSON.parse(readFileSync(join(source, '_definitions.json'), 'utf8'));

const KINDS = [
  'configmap-v1',
  'deployment-apps-v1',
  'horizontalpodautoscaler-autoscaling-v2',
  'ingress-networking-v1',
  'networkpolicy-networking-v1',
  'poddisruptionbudget-policy-v1',
  'service-v1',
  'serviceaccount-v1',
];

for (const kind of KINDS) {
  const definitions = {};
  const { $id: _id, ...own } = JSON.parse(readFileSync(join(source, `${kind}.json`), 'utf8'));
  const schema = bundle(own, definitions);
  writeFileSync(new URL(`${kind}.json`, import.meta.url), `${JSON.stringify({ ...schema, $defs: definitions })}\n`);
}

/** Copies what is referred to into the file, without prose. */
function bundle(value, definitions) {
  if (Array.isArray(value)) return value.map((item) => bundle(item, definitions));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ref === 'string') {
    const name = value.$ref.split('/').at(-1);
    if (definitions[name] === undefined) {
      definitions[name] = {};
      definitions[name] = bundle(all[name], definitions);
    }
    return { $ref: `#/$defs/${name}` };
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !(key === 'description' && typeof item === 'string') && !key.startsWith('x-kubernetes'))
      .map(([key, item]) => [key, bundle(item, definitions)]),
  );
}
