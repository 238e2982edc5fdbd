import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { actions, alerts, publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { plain } from '@/tests/support/plain';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { reschedulePublication } from '../planning/reschedule-publication';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { cancelPublication } from '../publications/cancel-publication';
import { publishDue } from './publish-due';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

describe('on a platform that recognizes keys', () => {
  beforeEach(() => {
    here.platform.looksUp = false;
    here.platform.keyMs = 24 * 3_600_000;
  });
  /** Sends a post whose response is lost, so that it waits to be sent again under the same key. */
  async function inDoubt() {
    here.platform.script.push({ after: 'unknown_outcome' });
    const publication = await here.schedule();
    await here.turn();
    expect(await here.state(publication.id)).toMatchObject({ state: 'scheduled', attempts: 2 });
    return here.state(publication.id);
  }
  const openActions = () =>
    db.asWorkspace(here.world.workspaceId, (tx) =>
      tx.select().from(actions).where(eq(actions.state, 'open')),
    );

  test('a rate limit, a temporary failure and a refusal after a lost response keep the key, and the post goes out once', async () => {
    const publication = await inDoubt();
    here.platform.script.push(
      { before: 'rate_limited', retryAfter: 20 },
      { before: 'transient' },
      { before: 'rejected' },
    );
    await here.turns(12);
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
    expect(new Set(here.platform.keys).size).toBe(1);
  });

  test.each(['reauth', 'transient'] as const)(
    '%s after a lost response never counts as failed',
    async (kind) => {
      const publication = await inDoubt();
      for (let i = 0; i < 30; i++) here.platform.script.push({ before: kind });
      await here.turns(30, 200_000);
      expect((await here.state(publication.id)).state).toBe('unknown');
      expect(here.platform.posts).toHaveLength(1);
    },
  );

  test.each([
    [
      'moving',
      (id: string, version: number) =>
        reschedulePublication(here.world.ctx, { id, version, local: '2026-03-05T12:00' }),
    ],
    ['cancelling', (id: string, version: number) => cancelPublication(here.world.ctx, { id, version })],
  ])(
    '%s a post that may be out asks a user, and only "not there" creates a new key',
    async (_name, change) => {
      const publication = await inDoubt();
      const asked = await change(publication.id, publication.version);
      expect(asked).toMatchObject({ state: 'unknown', dueAt: publication.dueAt });
      expect(await openActions()).toHaveLength(1);
      await here.turns(5);
      expect(here.platform.keys).toHaveLength(1);
      const again = await resolveUnknown(here.world.ctx, {
        id: publication.id,
        version: asked.version,
        answer: 'not_there',
      });
      expect(again.state).toBe('scheduled');
      await here.turn();
      expect((await here.state(publication.id)).state).toBe('published');
      expect(new Set(here.platform.keys).size).toBe(2);
    },
  );

  test('a post that is not there can be left unsent', async () => {
    const publication = await inDoubt();
    const asked = await cancelPublication(here.world.ctx, {
      id: publication.id,
      version: publication.version,
    });
    await resolveUnknown(here.world.ctx, {
      id: publication.id,
      version: asked.version,
      answer: 'not_there_leave',
    });
    expect((await here.state(publication.id)).state).toBe('cancelled');
    expect(await openActions()).toEqual([]);
    await here.turns(3);
    expect(here.platform.keys).toHaveLength(1);
  });

  test('the key survives any move of the row, and nothing is sent once the platform may have forgotten it', async () => {
    for (const hours of [3, 30]) {
      here.platform.posts.length = 0;
      const publication = await inDoubt();
      // As every verb that moves a row does.
      const due = new Date(here.world.clock.now().getTime() + hours * 3_600_000);
      await db.asSystem((tx) =>
        tx
          .update(publications)
          .set({ version: publication.version + 1, dueAt: due, retryAt: null, claimedUntil: null })
          .where(eq(publications.id, publication.id)),
      );
      here.world.clock.set(due);
      await here.turns(4);
      expect((await here.state(publication.id)).state).toBe(hours === 3 ? 'published' : 'unknown');
      expect(here.platform.posts).toHaveLength(1);
      await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
    }
  });
});

test.each([
  ['cancelled', 'A cancelled post was published'],
  ['draft', 'A post you set aside was published'],
  ['failed', 'A failed post was published after all'],
  ['unknown', null],
] as const)(
  'a success that arrives when the row is %s publishes it, with an alert unless its outcome was still open',
  async (become, title) => {
    const publication = await here.schedule();
    const [claim] = await claimDue({ db, clock: here.world.clock });
    if (!claim) throw new Error('no claim');
    here.platform.afterEffect = async () => {
      here.platform.afterEffect = undefined;
      await db.asSystem(async (tx) => {
        await tx
          .update(publications)
          .set({ state: become, version: publication.version + 1, claimToken: null, claimedUntil: null })
          .where(eq(publications.id, publication.id));
        await tx.insert(actions).values({
          id: newId('action'),
          workspaceId: here.world.workspaceId,
          kind: become === 'draft' ? 'publication_missed' : 'publication_unknown',
          subjectType: 'publication',
          subjectId: publication.id,
          title: plain('Is it there?'),
          prompt: plain('Look.'),
        });
      });
    };
    await publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim });
    expect(await here.state(publication.id)).toMatchObject({
      state: 'published',
      permalink: expect.stringContaining('https://'),
    });
    const { open, told } = await db.asWorkspace(here.world.workspaceId, async (tx) => ({
      open: await tx.select().from(actions).where(eq(actions.state, 'open')),
      told: await tx.select().from(alerts).where(eq(alerts.resolved, false)),
    }));
    expect(open).toEqual([]);
    expect(told.map((t) => t.title)).toEqual(title === null ? [] : [title]);
    await here.turns(4);
    expect(here.platform.posts).toHaveLength(1);
  },
);
