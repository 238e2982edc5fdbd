import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { activity, sessions } from '@/db/schema';
import { liveHub, STREAMS_PER_SESSION } from '@/server/domains/live/hub';
import { openSession } from '@/server/domains/live/testing';
import { systemClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { createWorld, type World } from '@/tests/support/world';
import { GET } from './route';

/** The session id in the request's cookie. */
let cookie: string | undefined;
vi.mock('@/server/auth', () => ({ auth: async () => (cookie ? { sid: cookie } : null) }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));

let db: Db;
let world: World;
const leavers: AbortController[] = [];
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
});
beforeEach(async () => {
  world = await createWorld(db);
  cookie = await openSession(db, world, new Date());
});
afterEach(() => {
  vi.useRealTimers();
  for (const leaver of leavers.splice(0)) leaver.abort();
  expect(hub().size).toBe(0);
});
const hub = () => liveHub(db, systemClock);

async function open(query = '', headers: Record<string, string> = {}) {
  const leave = new AbortController();
  leavers.push(leave);
  const answer = await GET(
    new Request(`http://localhost:3000/api/live${query}`, {
      headers: { host: 'localhost:3000', ...headers },
      signal: leave.signal,
    }),
  );
  return { answer, leave, reader: answer.ok ? new Reader(answer) : null };
}
const reading = async (query = '', headers: Record<string, string> = {}) => {
  const { answer, leave, reader } = await open(query, headers);
  if (!reader) throw new Error(`The stream was refused with ${answer.status}`);
  return { answer, leave, reader };
};

interface Frame {
  id?: string;
  event?: string;
  data?: unknown;
  retry?: string;
}
/** Parses a stream of server-sent events. */
class Reader {
  #text = '';
  #decoder = new TextDecoder();
  readonly source: ReadableStreamDefaultReader<Uint8Array>;
  constructor(answer: Response) {
    this.source = (answer.body as ReadableStream<Uint8Array>).getReader();
  }
  /** Returns the next event, or null at the end. */
  async next(): Promise<Frame | null> {
    while (!this.#text.includes('\n\n')) {
      const { done, value } = await this.source.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
    const end = this.#text.indexOf('\n\n');
    const lines = this.#text.slice(0, end).split('\n');
    this.#text = this.#text.slice(end + 2);
    const frame: Record<string, string> = {};
    for (const line of lines) {
      if (line.startsWith(':')) continue;
      const colon = line.indexOf(': ');
      frame[line.slice(0, colon)] = line.slice(colon + 2);
    }
    return { ...frame, ...(frame.data ? { data: JSON.parse(frame.data) } : {}) };
  }
  async until(event: string): Promise<Frame> {
    for (let frame = await this.next(); frame; frame = await this.next())
      if (frame.event === event) return frame;
    throw new Error(`The stream ended before ${event}`);
  }
}
const tell = (of: World, subjectId: string) =>
  db.asSystem((tx) =>
    tx.insert(activity).values({
      id: newId('activity'),
      workspaceId: of.workspaceId,
      at: new Date(),
      actor: 'system:test',
      verb: 'listing.active',
      subjectType: 'listing',
      subjectId,
      summary: plain('A secret sentence'),
    }),
  );

describe('access', () => {
  it('rejects a user who is signed out or whose session has ended', async () => {
    const sid = cookie;
    cookie = undefined;
    expect((await open()).answer.status).toBe(401);
    cookie = sid;
    await db.asSystem((tx) =>
      tx
        .update(sessions)
        .set({ revokedAt: new Date() })
        .where(eq(sessions.id, sid ?? '')),
    );
    expect((await open()).answer.status).toBe(401);
    expect(hub().awake).toBe(false);
  });
  it('rejects a request from another site', async () => {
    expect((await open('', { 'sec-fetch-site': 'cross-site' })).answer.status).toBe(403);
  });
  it('limits the number of streams per browser', async () => {
    for (let i = 0; i < STREAMS_PER_SESSION; i++) expect((await open()).answer.status).toBe(200);
    const { answer } = await open();
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('30');
  });
});

describe('the stream', () => {
  it('is neither cached nor buffered by proxies, and reports changes of its own workspace only', async () => {
    const other = await createWorld(db);
    const { answer, reader } = await reading();
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, no-store, no-transform');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    expect(await reader.next()).toEqual({ retry: '3000' });
    const ready = await reader.next();
    expect(ready).toMatchObject({ event: 'ready', data: { resync: false, topics: null } });
    expect(ready?.id).toMatch(/^\d{13}\.\d+$/);
    await tell(other, 'lst_theirs');
    await tell(world, 'lst_ours');
    const change = await reader.until('change');
    expect(change).toEqual({
      id: expect.stringMatching(/^\d{13}\.\d+$/),
      event: 'change',
      data: { topics: { listing: ['lst_ours'], activity: null } },
    });
  });

  it('resumes from the last event id, sent by the browser or in the URL', async () => {
    const { reader, leave } = await reading();
    const ready = await reader.until('ready');
    leave.abort();
    await tell(world, 'lst_missed');
    for (const way of [
      () => reading('', { 'last-event-id': ready.id ?? '' }),
      () => reading(`?since=${ready.id}`),
    ])
      expect(await (await way()).reader.until('ready')).toMatchObject({
        data: { topics: { listing: ['lst_missed'] } },
      });
  });

  it('ends after the missed changes when `once` is set', async () => {
    await tell(world, 'lst_missed');
    const { reader } = await reading(`?once=1&since=${Date.now()}`);
    expect(await reader.until('ready')).toMatchObject({ data: { topics: { listing: ['lst_missed'] } } });
    expect(await reader.next()).toEqual({ event: 'bye', data: { why: 'later' } });
    expect(await reader.next()).toBeNull();
  });

  it('ends when the session does', async () => {
    const { reader } = await reading();
    await reader.until('ready');
    await db.asSystem((tx) =>
      tx
        .update(sessions)
        .set({ revokedAt: new Date() })
        .where(eq(sessions.id, cookie ?? '')),
    );
    expect(await reader.until('bye')).toEqual({ event: 'bye', data: { why: 'signed_out' } });
    expect(await reader.next()).toBeNull();
  });

  it('says goodbye before the platform ends the function', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { reader } = await reading();
    await reader.next();
    vi.advanceTimersByTime(300_000);
    vi.useRealTimers();
    expect(await reader.until('bye')).toEqual({ event: 'bye', data: { why: 'later' } });
    expect(await reader.next()).toBeNull();
    expect(hub().size).toBe(0);
  });

  it('ends after its lifetime even if nobody reads it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await reading();
    expect(hub().size).toBe(1);
    vi.advanceTimersByTime(300_000);
    expect(hub().size).toBe(0);
  });

  it.each(['aborts the request', 'cancels the answer'])(
    'leaves nothing behind when the client %s',
    async (how) => {
      for (let i = 0; i < 60; i++) {
        const { leave, reader } = await reading();
        // Some disconnect before the first event, some after it.
        if (i % 20 === 0) await reader.until('ready');
        if (how === 'aborts the request') {
          leave.abort();
          while (await reader.next());
        } else await reader.source.cancel();
      }
      expect(hub().size).toBe(0);
      // The last poll ends, and no further one is scheduled.
      await hub().tick();
      expect(hub().awake).toBe(false);
    },
  );
});
