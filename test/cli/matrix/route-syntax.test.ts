import { describe, expect, it } from '@jest/globals';
import { createSamples, instantiate, isCatchAll } from '../../../src/cli/matrix/route-syntax.js';

const samples = createSamples(['dags', 'list']);

describe('a path of a route table', () => {
  it.each([
    { name: 'Werkzeug, plain', path: '/dags/<dag_id>/graph', targets: ['/dags/sample/graph'] },
    { name: 'Werkzeug, string', path: '/dags/<string:dag_id>', targets: ['/dags/sample'] },
    {
      name: 'Werkzeug, string with arguments',
      path: '/lang/<string(length=2):l>',
      targets: ['/lang/sample'],
    },
    { name: 'Werkzeug, integer', path: '/run/<int:index>', targets: ['/run/7'] },
    { name: 'Werkzeug, any of', path: '/x/<any(blue, red):color>/y', targets: ['/x/blue/y'] },
    {
      name: 'Werkzeug, path',
      path: '/variables/<path:key>',
      targets: ['/variables/sample', '/variables/sample/sample'],
    },
    { name: 'Starlette, plain', path: '/dags/{dag_id}/tasks', targets: ['/dags/sample/tasks'] },
    { name: 'Starlette, integer', path: '/logs/{try_number:int}', targets: ['/logs/7'] },
    {
      name: 'Starlette, path in the middle',
      path: '/xcoms/{key:path}/slice',
      targets: ['/xcoms/sample/slice', '/xcoms/sample/sample/slice'],
    },
    { name: 'Tornado, anything', path: '/task/(.+)', targets: ['/task/sample', '/task/sample/sample'] },
    {
      name: 'Tornado, anything or nothing',
      path: '/static/(.*)',
      targets: ['/static/sample', '/static/sample/sample'],
    },
    { name: 'Tornado, all but a slash', path: '/worker/([^/]+)', targets: ['/worker/sample'] },
    { name: 'Tornado, a class that lists no slash', path: '/task/([\\w\\d\\-]+)', targets: ['/task/sample'] },
    {
      name: 'Tornado, a class that leaves out something else',
      path: '/x/([^?]+)',
      targets: ['/x/sample', '/x/sample/sample'],
    },
    { name: 'Tornado, digits', path: '/x/(\\d+)', targets: ['/x/7'] },
    { name: 'Tornado, named group', path: '/x/(?P<name>[^/]+)/y', targets: ['/x/sample/y'] },
    { name: 'Tornado, listed alternatives', path: '/x/(grow|shrink)', targets: ['/x/grow'] },
    { name: 'Tornado, anchors and an optional slash', path: '^/login/?$', targets: ['/login'] },
    { name: 'Tornado, an escaped dot', path: '/robots\\.txt', targets: ['/robots.txt'] },
    { name: 'Tornado, everything', path: '.*', targets: ['/sample', '/sample/sample'] },
    { name: 'a placeholder in part of a segment', path: '/x/{name}.json', targets: ['/x/sample.json'] },
    { name: 'no placeholder', path: '/', targets: ['/'] },
  ])('$name: $path', ({ path, targets }) => {
    expect(instantiate(path, samples)).toEqual(targets);
  });

  it('is filled with what no literal of the catalog equals', () => {
    const other = createSamples(['sample', '7', '8']);
    expect(instantiate('/<x>/<int:y>', other)).toEqual(['/sample-x/9']);
  });
});

describe('a row that takes whatever no other row takes', () => {
  it.each([
    '/{rest_of_path:path}',
    '/api/{_:path}',
    '/api/v1/{_:path}',
    '.*',
    '/(.*)',
    '/<path:anything>',
    '^/.*$',
  ])('is %s', (path) => expect(isCatchAll(path)).toBe(true));

  it.each([
    '/static/{path:path}',
    '/variables/<path:key>',
    '/task/(.+)',
    '/{dag_id}',
    '/',
    '/api/{key:path}/x',
  ])('is not %s', (path) => expect(isCatchAll(path)).toBe(false));
});
