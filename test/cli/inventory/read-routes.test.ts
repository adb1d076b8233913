import { describe, expect, it } from '@jest/globals';
import { readLinks, readOpenApi } from '../../../src/cli/inventory/read-routes.js';
import { sourcesOf } from '../../../src/cli/inventory/sources.js';

describe('an OpenAPI document', () => {
  it('lists methods and paths below its own folder', () => {
    const document = {
      paths: { '/dags/{dag_id}': { get: {}, patch: {}, parameters: [] }, '/x': {}, '/y': null },
    };
    expect(readOpenApi(JSON.stringify(document), '/api/v1')).toEqual([
      { path: '/api/v1/dags/{dag_id}', methods: ['GET', 'PATCH'] },
      { path: '/api/v1/x', methods: [] },
      { path: '/api/v1/y', methods: [] },
    ]);
  });

  it.each(['<html>', 'null', '[]', '{"paths":1}', ''])('is not: %s', (body) => {
    expect(readOpenApi(body, '')).toBeUndefined();
  });
});

describe('the links of a page', () => {
  const html = `
    <a href="/sun/airflow/home">Home</a> <a class="x" href='/sun/airflow/quoted'>single</a>
    <a href="/sun/airflow/my-plugin/?page=1#top">Mine</a> <A HREF="http://localhost:8084/sun/airflow/my%2dplugin/">same</A>
    <a href="https://airflow.apache.org/sun/airflow/elsewhere">docs</a> <a href="#">up</a>
    <a href="javascript:alert(1)">no</a> <a href="/moon/airflow/home">other</a> <a href="//evil/x">no</a>
    <link href="/sun/airflow/static/a.css">`;

  it('are the pages below the service, each once, without queries', () => {
    expect(readLinks(html, '/sun/airflow', ['http://localhost:8084'])).toEqual([
      { methods: ['GET'], path: '/home' },
      { methods: ['GET'], path: '/quoted' },
      { methods: ['GET'], path: '/my-plugin/' },
    ]);
  });

  it('are all of the host where the service has it for itself', () => {
    expect(readLinks('<a href="/home">', '/', [])).toEqual([{ methods: ['GET'], path: '/home' }]);
  });
});

describe('where a service is asked', () => {
  it.each([
    { name: 'Airflow 3', kind: 'airflow', major: 3, first: '/openapi.json' },
    { name: 'Airflow 2', kind: 'airflow', major: 2, first: '/api/v1/openapi.json' },
    { name: 'Airflow 1.10', kind: 'airflow', major: 1, first: '/home' },
    { name: 'Flower', kind: 'flower', major: 2, first: '/' },
  ] as const)('$name', ({ kind, major, first }) => {
    expect(sourcesOf(kind, { major, minor: 0, patch: undefined })[0]?.path).toBe(first);
  });
});
