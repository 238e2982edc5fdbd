import { sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { activity } from '@/db/schema';
import { rowsOf } from '@/db/statements';
import { newId } from '@/server/foundation/ids';
import { plain } from '@/tests/support/plain';
import { eachTestIsReviewed, type Reviewed } from '@/tests/support/reviewed';
import type { World } from '@/tests/support/world';
import { clearPostTexts } from '../activity/clear-post-texts';
import { setFollowUpRule } from '../follow-ups/set-follow-up-rule';
import { schedulePublications } from '../planning/schedule-publications';
import { createPost } from '../posts/create-post';
import { cancelPublication } from '../publications/cancel-publication';
import { removePost } from './remove-post';
import { updatePost } from './update-post';

let db: Db;
let world: World;
let here: Reviewed;
eachTestIsReviewed(
  (reviewed) => {
    here = reviewed;
    ({ db, world } = reviewed);
  },
  { review: 'post_at_once' },
);
beforeEach(() => db.asSystem((tx) => tx.delete(activity)));

/** Returns all activity entries of all workspaces. */
const entries = () => db.asSystem((tx) => tx.select().from(activity).orderBy(activity.at, activity.id));
const mentioning = async (word: string) =>
  (await entries()).filter((row) => JSON.stringify(row).includes(word));

/** Creates a post that is scheduled, edited twice and given a follow-up, with `word` in its texts. */
async function edited(word: string) {
  const ctx = { ...world.ctx, platforms: here.platform };
  const created = await createPost(ctx, {
    title: 'A post',
    variants: [{ platform: 'x', text: `first ${word}` }],
  });
  const [sent] = await schedulePublications(ctx, {
    postId: created.id,
    version: created.version,
    targets: [{ connectionId: here.x }],
    when: { kind: 'at', local: '2026-03-02T12:00' },
    requestKey: `remove-${created.id}`,
  });
  let { version } = created;
  for (const text of [`second ${word}`, 'nothing of it']) {
    world.clock.advance(1000);
    ({ version } = await updatePost(ctx, { id: created.id, version, variants: [{ platform: 'x', text }] }));
  }
  const id = sent?.id ?? '';
  for (const followUpRule of [
    {
      measure: 'likes' as const,
      atLeast: 10,
      withinHours: 24,
      action: 'follow_up' as const,
      text: `more ${word}`,
      wait: { kind: 'none' as const },
      activeHours: false,
    },
    null,
  ])
    await setFollowUpRule(ctx, { id, followUpRule });
  return { ctx, id: created.id, publicationId: id };
}
async function cancel({ ctx, publicationId: id }: Awaited<ReturnType<typeof edited>>) {
  const row = await here.row(id);
  await cancelPublication(ctx, { id, version: row.version });
}

it('removes the texts of this post, and of no other, from the activity and keeps the entries', async () => {
  const post = await edited('sesquipedalian');
  const other = await edited('perspicacious');
  await cancel(post);
  // The two edits, the second of which removes the word, and the follow-up that was added and removed.
  expect(await mentioning('sesquipedalian')).toHaveLength(4);
  const before = await entries();
  const others = await mentioning('perspicacious');
  expect(await removePost(post.ctx, { id: post.id })).toEqual({ removed: true });
  expect(await mentioning('sesquipedalian')).toEqual([]);
  expect(await mentioning('perspicacious')).toEqual(others);
  const after = await entries();
  expect(after.map(({ verb }) => verb)).toEqual([...before.map(({ verb }) => verb), 'post.removed']);
  expect(after.slice(0, -1).map(({ summary }) => summary)).toEqual(before.map(({ summary }) => summary));
  // The rule's settings remain.
  const rule = after.find(({ verb }) => verb === 'publication.follow_up_changed')?.after;
  expect(rule).toMatchObject({ followUpRule: { measure: 'likes', atLeast: 10 } });
  expect(other.id).not.toBe(post.id);
});

it('keeps the texts if the removal is refused or fails', async () => {
  const post = await edited('sesquipedalian');
  const said = await mentioning('sesquipedalian');
  await expect(removePost(post.ctx, { id: post.id })).rejects.toMatchObject({ code: 'conflict' });
  expect(await mentioning('sesquipedalian')).toEqual(said);
  await cancel(post);
  // Fails the transaction after all of its work is done.
  const failing: Db = Object.assign(Object.create(db), {
    asWorkspace: ((workspaceId, work) =>
      db.asWorkspace(workspaceId, async (tx) => {
        await work(tx);
        throw new Error('interrupted');
      })) satisfies Db['asWorkspace'],
  });
  await expect(removePost({ ...post.ctx, db: failing }, { id: post.id })).rejects.toThrow('interrupted');
  expect(await mentioning('sesquipedalian')).toEqual(said);
});

it('clears any number of entries in one statement, using an index', async () => {
  const subject = newId('post');
  const entry = (more: Partial<typeof activity.$inferInsert>) => ({
    id: newId('activity'),
    workspaceId: world.workspaceId,
    at: world.clock.now(),
    actor: 'user:usr_1',
    verb: 'post.edited',
    subjectType: 'post',
    subjectId: subject,
    summary: plain('Edited'),
    before: { texts: { a: 'was' }, state: 'draft' },
    after: { texts: { a: 'is' } },
    ...more,
  });
  await db.asSystem((tx) =>
    tx.insert(activity).values([
      ...Array.from({ length: 7 }, () => entry({})),
      entry({ after: { state: 'scheduled' } }),
      entry({ before: null }),
      entry({ before: null, after: { state: 'scheduled' } }),
      // The same id with another subject type is not the post.
      entry({ subjectType: 'product' }),
    ]),
  );
  await db.asWorkspace(world.workspaceId, (tx) => clearPostTexts(tx, world.workspaceId, [subject]));
  const left = (await entries()).filter(({ before, after }) => 'texts' in { ...before, ...after });
  expect(left.map(({ subjectType }) => subjectType)).toEqual(['product']);
  const plan = await db.asSystem(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    return rowsOf<{ 'QUERY PLAN': string }>(
      tx,
      sql`explain select id from ${activity} where workspace_id = ${world.workspaceId} and subject_id in (${subject})
        and (before ? 'texts' or after ? 'texts')`,
    );
  });
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('activity_texts');
});
