import { describe, expect, it, jest } from '@jest/globals';
import { createLiveStreams, type StreamEnd } from '../../src/forward/live-streams.js';

function stream(subject: string | undefined) {
  return { subject, startedAt: 1, abort: jest.fn<(reason: StreamEnd) => void>() };
}

describe('live streams', () => {
  it('end what one request left open, and nothing else of its caller', () => {
    const streams = createLiveStreams();
    const [first, second] = [stream('ada'), stream('ada')];
    streams.add({ ...first, requestId: 'r1' });
    streams.add({ ...second, requestId: 'r2' });
    expect(streams.abortRequest('r1', 'lowered')).toBe(1);
    expect(streams.abortRequest('r3', 'lowered')).toBe(0);
    expect(first.abort.mock.calls).toEqual([['lowered']]);
    expect(second.abort).not.toHaveBeenCalled();
  });

  it('end those of one subject alone', () => {
    const streams = createLiveStreams();
    const [ada, ada2, eve] = [stream('ada'), stream('ada'), stream('eve')];
    for (const each of [ada, ada2, eve]) streams.add(each);
    expect(streams.abortSubject('ada', 'revoked')).toBe(2);
    expect(ada.abort).toHaveBeenCalledWith('revoked');
    expect(ada2.abort).toHaveBeenCalledWith('revoked');
    expect(eve.abort).not.toHaveBeenCalled();
    expect(streams.abortSubject('nobody', 'revoked')).toBe(0);
  });

  it('end all, those of nobody too', () => {
    const streams = createLiveStreams();
    const all = [stream('ada'), stream(undefined)];
    for (const each of all) streams.add(each);
    expect(streams.abortAll('shutting-down')).toBe(2);
    for (const each of all) expect(each.abort).toHaveBeenCalledTimes(1);
  });

  it('forget a stream when it is taken out, once and again', () => {
    const streams = createLiveStreams();
    const remove = streams.add(stream('ada'));
    remove();
    remove();
    const later = stream('ada');
    streams.add(later);
    remove();
    expect(streams.list()).toEqual([later]);
  });

  it('bear streams that take themselves out while being ended', () => {
    const streams = createLiveStreams();
    const removers: (() => void)[] = [];
    for (let i = 0; i < 3; i++)
      removers.push(streams.add({ ...stream('ada'), abort: () => removers[i]?.() }));
    expect(streams.abortSubject('ada', 'revoked')).toBe(3);
    expect(streams.list()).toEqual([]);
  });
});
