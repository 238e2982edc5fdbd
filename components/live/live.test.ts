import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backOff, connect, HIDDEN_MS, READY_MS, SILENCE_MS } from './connection';
import { invalidate, touchedBy } from './invalidate';
import { joined, start } from './start';
import { type LiveTopics, live } from './store';

/** The parts of EventSource that the connection uses. */
class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }
  close() {
    this.closed = true;
  }
  say(name: string, data: object = {}, lastEventId = '') {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }));
  }
  static get last(): FakeSource {
    const last = FakeSource.all.at(-1);
    if (!last) throw new Error('No client has connected');
    return last;
  }
  static get open(): number {
    return FakeSource.all.filter((source) => !source.closed).length;
  }
}
class FakeDocument extends EventTarget {
  visibilityState = 'visible';
  show(state: 'visible' | 'hidden') {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let hour = 0;
let page: FakeDocument;
let tab: EventTarget;
let heard: LiveTopics[];
let status: number;
let stops: (() => void)[];
beforeEach(() => {
  vi.useFakeTimers();
  // Each test runs in its own hour, so that recent events of one are forgotten in the next.
  hour += 3_600_000;
  vi.setSystemTime(Date.parse('2026-03-02T10:00:00Z') + hour);
  page = new FakeDocument();
  tab = new EventTarget();
  status = 200;
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', tab);
  vi.stubGlobal('fetch', async () => new Response('', { status }));
  FakeSource.all = [];
  heard = [];
  stops = [live.hear((topics) => heard.push(topics))];
});
afterEach(() => {
  for (const stop of stops) stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
function begin(since = 1_700_000_000_000) {
  const stop = connect(since);
  stops.push(stop);
  return stop;
}
const ready = (cursor = '1700000000500.7', more: object = {}) =>
  FakeSource.last.say('ready', { now: Date.now(), topics: null, resync: false, ...more }, cursor);

describe('the only stream of a tab', () => {
  it('starts from the time of the page and reports what it receives', () => {
    begin();
    expect(FakeSource.last.url).toBe('/api/live?since=1700000000000');
    expect(live.state()).toBe('off');
    ready(undefined, { topics: { post: ['pst_1'] } });
    expect(live.state()).toBe('live');
    FakeSource.last.say('change', { topics: { publication: null } }, '1700000001000.8');
    expect(heard).toEqual([{ post: ['pst_1'] }, { publication: null }]);
  });

  it('resumes where it stopped, backs off, and never holds two streams', () => {
    begin();
    ready();
    FakeSource.last.say('change', { topics: {} }, '1700000001000.8');
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const before = FakeSource.all.length;
      const at = Date.now();
      FakeSource.last.onerror?.();
      expect(live.state()).toBe('lost');
      expect(FakeSource.open).toBe(0);
      while (FakeSource.all.length === before) vi.advanceTimersByTime(50);
      expect(FakeSource.open).toBe(1);
      expect(FakeSource.last.url).toBe('/api/live?since=1700000001000.8');
      waits.push(Date.now() - at);
    }
    expect(waits[0]).toBeLessThanOrEqual(1_050);
    expect(waits[7]).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_050);
    ready();
    expect(live.state()).toBe('live');
    FakeSource.last.onerror?.();
    vi.advanceTimersByTime(1_050);
    expect(FakeSource.open).toBe(1);
  });

  it('adds jitter to its attempts', () => {
    expect([backOff(0, 0), backOff(0, 1), backOff(20, 0), backOff(20, 1)]).toEqual([
      500, 1000, 15_000, 30_000,
    ]);
  });

  it('reconnects right after a goodbye, without showing it as lost', () => {
    begin();
    ready();
    FakeSource.last.say('bye', { why: 'later' });
    expect(live.state()).toBe('live');
    expect(FakeSource.open).toBe(0);
    vi.advanceTimersByTime(1_001);
    expect(FakeSource.open).toBe(1);
  });

  it('does not reconnect when the session has ended', async () => {
    begin();
    ready();
    FakeSource.last.say('bye', { why: 'signed_out' });
    expect(live.state()).toBe('over');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeSource.open).toBe(0);
  });

  it('checks why it was refused, and stops if the user is signed out', async () => {
    status = 401;
    begin();
    FakeSource.last.onerror?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(live.state()).toBe('over');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeSource.all).toHaveLength(1);
  });

  it('treats a silent connection as lost', () => {
    begin();
    ready();
    vi.advanceTimersByTime(SILENCE_MS - 1);
    FakeSource.last.say('alive', {}, '1700000009000.9');
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(live.state()).toBe('live');
    vi.advanceTimersByTime(1);
    expect(live.state()).toBe('lost');
    vi.advanceTimersByTime(1_001);
    expect(FakeSource.last.url).toContain('1700000009000.9');
  });

  it('polls where streams are buffered', () => {
    begin();
    for (let i = 0; i < 2; i++) vi.advanceTimersByTime(READY_MS + 2_001);
    expect(FakeSource.last.url).toContain('&once=1');
    ready();
    FakeSource.last.say('bye', { why: 'later' });
    const before = FakeSource.all.length;
    vi.advanceTimersByTime(4_999);
    expect(FakeSource.all).toHaveLength(before);
    vi.advanceTimersByTime(1_002);
    expect(FakeSource.all).toHaveLength(before + 1);
    expect(live.state()).toBe('live');
  });

  it('disconnects some time after the tab is hidden and catches up when it is visible again', () => {
    begin();
    ready();
    page.show('hidden');
    vi.advanceTimersByTime(HIDDEN_MS - 1);
    expect(FakeSource.open).toBe(1);
    vi.advanceTimersByTime(1);
    expect([FakeSource.open, live.state()]).toEqual([0, 'off']);
    vi.advanceTimersByTime(3_600_000);
    expect(FakeSource.open).toBe(0);
    page.show('visible');
    expect(FakeSource.open).toBe(1);
    ready(undefined, { resync: true });
    expect(heard).toEqual([null]);
  });

  it('does not connect in a tab that was never visible, and ends with its page', () => {
    page.visibilityState = 'hidden';
    const stop = begin();
    expect(FakeSource.all).toHaveLength(0);
    page.show('visible');
    ready();
    tab.dispatchEvent(new Event('pagehide'));
    expect(FakeSource.open).toBe(0);
    tab.dispatchEvent(new Event('pageshow'));
    expect(FakeSource.open).toBe(1);
    stop();
    page.show('visible');
    tab.dispatchEvent(new Event('online'));
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.open).toBe(0);
  });
});

const key = (path: string, input?: object) => [path.split('.'), { input, type: 'query' }];
describe('invalidation', () => {
  it('affects the lists, and of single items only the named ones', () => {
    const touched = touchedBy({ publication: ['pub_1'], post: ['pst_1'], activity: null });
    for (const [query, answer] of [
      [key('publications.list', { limit: 5 }), true],
      [key('posts.get', { id: 'pst_1' }), true],
      [key('posts.get', { id: 'pst_2' }), false],
      [key('publications.get', { id: 'pub_1' }), true],
      [key('home.shell'), false],
      [key('ledger.list'), false],
      [['something else'], false],
    ] as const)
      expect(touched?.(query), JSON.stringify(query)).toBe(answer);
  });
  it('affects every single item if the ids are unknown', () => {
    expect(touchedBy({ post: null })?.(key('posts.get', { id: 'pst_2' }))).toBe(true);
  });
  it('affects the to-do count only when pending items change', () => {
    expect(touchedBy({ action: ['act_1'] })?.(key('home.shell'))).toBe(true);
    expect(touchedBy({ approval: null })?.(key('home.shell'))).toBe(true);
  });
  it('affects everything for an unknown topic, and nothing for one that no page shows', () => {
    expect(touchedBy({ rocket: ['x'] })?.(key('ledger.list'))).toBe(true);
    expect(touchedBy(null)?.(key('ledger.list'))).toBe(true);
    expect(touchedBy({ activity: null, file: ['fil_1'] })).toBeNull();
  });
  it('leaves data alone that was read after the change', () => {
    const queries = new QueryClient();
    queries.setQueryData(key('posts.list'), 1, { updatedAt: 100 });
    queries.setQueryData(key('todo.list'), 1, { updatedAt: 300 });
    invalidate(queries, { post: null, action: null }, 200);
    expect(queries.getQueryState(key('posts.list'))?.isInvalidated).toBe(true);
    expect(queries.getQueryState(key('todo.list'))?.isInvalidated).toBe(false);
  });
  it('merges changes that arrive together', () => {
    expect(joined([{ post: ['a'] }, { post: ['a', 'b'], alert: null }, { alert: ['c'] }])).toEqual({
      post: ['a', 'b'],
      alert: null,
    });
    expect(joined([{ post: ['a'] }, null])).toBeNull();
  });
  it('runs at most once a second, and repeats for a page that was loading meanwhile', async () => {
    const queries = new QueryClient();
    let reads = 0;
    const spy = vi.spyOn(queries, 'invalidateQueries').mockImplementation(async () => {
      reads += 1;
    });
    stops.push(start(queries, Date.now()));
    ready();
    for (let i = 0; i < 20; i++) {
      FakeSource.last.say('change', { topics: { post: ['pst_1'] } }, `${i}`);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(reads).toBeLessThanOrEqual(3);
    const before = reads;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reads).toBeGreaterThan(before);
    spy.mockClear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(spy).not.toHaveBeenCalled();
  });
  it('reaches a component that mounts a moment later', () => {
    live.tell({ post: ['pst_1'] });
    const late: LiveTopics[] = [];
    live.hear((topics) => late.push(topics))();
    vi.advanceTimersByTime(5_000);
    live.hear((topics) => late.push(topics))();
    expect(late).toEqual([{ post: ['pst_1'] }]);
  });
});
