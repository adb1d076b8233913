import type { Verdicts } from './verdicts.js';

export const FLOWER_VERDICTS: readonly Verdicts[] = [
  {
    about: 'Flower',
    product: 'flower',
    versions: ['0.9.7', '1.0', '1.2', '2.0', '2.2'],
    rows: `
      VIEWER GET /
      VIEWER GET /broker
      VIEWER GET /healthcheck
      VIEWER GET /static/css/flower.css
      VIEWER GET /api/task/types
      VIEWER GET /api/queues/length
      EDITOR GET /tasks
      EDITOR GET /tasks/datatable
      EDITOR POST /tasks/datatable
      EDITOR GET /task/1234
      EDITOR GET /api/tasks
      EDITOR GET /api/task/info/1234
      EDITOR GET /api/task/result/1234
      EDITOR GET /worker/celery@host
      EDITOR GET /api/workers?refresh=1
      ADMIN POST /api/worker/shutdown/celery@host
      ADMIN POST /api/worker/pool/grow/celery@host
      ADMIN POST /api/task/send-task/tasks.add
      ADMIN POST /api/task/async-apply/a%2Fb
      ADMIN POST /api/task/revoke/1234
      ADMIN POST /api/task/rate-limit/tasks.add
      ADMIN GET /metrics
      unknown GET /api/worker/shutdown/celery@host
      nobody GET /login
      nobody GET /logout
    `,
  },
  {
    about: 'Flower 2: the list of workers',
    product: 'flower',
    versions: ['2.0', '2.1', '2.2'],
    rows: `
      VIEWER GET /workers?json=1
      unknown GET /dashboard
      unknown GET /api/task/events/task-sent/
    `,
  },
  {
    about: 'Flower up to 1.0: sockets',
    product: 'flower',
    versions: ['0.9.7', '1.0'],
    rows: `
      VIEWER GET /dashboard
      EDITOR GET /api/task/events/task-sent/
      EDITOR GET /api/task/events/task-failed/1234
    `,
  },
];
