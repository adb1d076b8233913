import { describe, expect, it } from '@jest/globals';
import { watchReadiness } from '../../../src/cli/serve/readiness.js';
import { isReady, type ReadinessCheck } from '../../../src/http/admin/readiness.js';
import { createLog } from '../../../src/observe/log.js';

const log = createLog({ level: 'error', destination: { write: () => undefined } });

describe('watchReadiness', () => {
  it('is not ready before its first look', () => {
    const watch = watchReadiness({ checks: async () => [], log });
    expect(isReady(watch.current())).toBe(false);
    watch.close();
  });

  it('takes nobody out for what was there once and is away', async () => {
    let state: ReadinessCheck['state'] = 'waiting';
    const watch = watchReadiness({ checks: async () => [{ name: 'keys', state }], log });
    const looked = async () => {
      await watch.refresh();
      return [watch.current().checks[0]?.state, isReady(watch.current())];
    };
    expect(await looked()).toEqual(['waiting', false]);
    state = 'ok';
    expect(await looked()).toEqual(['ok', true]);
    state = 'waiting';
    expect(await looked()).toEqual(['failing', true]);
    // Still away on the look after.
    expect(await looked()).toEqual(['failing', true]);
    watch.close();
  });

  it('keeps what it knows where a look fails, and is off while draining', async () => {
    let broken = false;
    const watch = watchReadiness({
      checks: async () => {
        if (broken) throw new Error('broken');
        return [{ name: 'keys', state: 'ok' }];
      },
      log,
    });
    await watch.refresh();
    broken = true;
    await watch.refresh();
    expect(isReady(watch.current())).toBe(true);
    watch.drain();
    expect(isReady(watch.current())).toBe(false);
    watch.close();
  });
});
