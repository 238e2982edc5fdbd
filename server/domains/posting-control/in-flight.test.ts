import { and, asc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { actions, activity, type Part, postingStops, publications } from '@/db/schema';
import { sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { lookUpPublication } from '../publisher/look-up-publication';
import { publishDue } from '../publisher/publish-due';
import { recoverStuck } from '../publisher/recover-stuck';
import { settle } from '../publisher/settle';
import { startPublishing } from '../publisher/start-publishing';
import type { Script } from '../publisher/testing';
import { listTodo } from '../todo/queries';
import { completeAsShown } from '../todo/testing';
import { pausePosting } from './pause-posting';
import { getPosting } from './queries';
import { startPosting } from './start-posting';
import { stopEverything } from './stop-everything';
import { stopPosting } from './stop-posting';
import { undoStop } from './undo-stop';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

const THREAD: Part[] = [{ text: 'two' }, { text: 'three' }];

const schedule = (text: string, parts: Part[] = []) => here.scheduleThread(text, parts);
const lane = () =>
  publishDue({
    ctx: { ...here.world.ctx, platforms: here.platform },
    input: { connectionId: here.connectionId },
  });
async function turns(n: number, stepMs = 60_000) {
  for (let i = 0; i < n; i++) {
    await claimDue({ db, clock: here.world.clock });
    await lane().catch(() => {});
    const { lookUps } = await recoverStuck({ db, clock: here.world.clock });
    for (const claim of lookUps)
      await lookUpPublication({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim });
    here.world.clock.advance(stepMs);
  }
}
const rows = () =>
  db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(eq(publications.workspaceId, here.world.workspaceId))
      .orderBy(asc(publications.dueAt), asc(publications.id)),
  );
const states = async () => (await rows()).map((r) => r.state);
const texts = () => here.platform.posts.map((p) => p.text);
const questions = async () => (await listTodo(here.world.ctx)).actions;
const lastStop = async () => (await getPosting(here.world.ctx)).stop;
/** Sends the first post in the lane, with a stop while it is being sent. The attempt ends as `script` specifies. */
async function sendMeanwhile(script: Script, hold: () => Promise<unknown>) {
  await claimDue({ db, clock: here.world.clock });
  if (script !== 'ok' && 'before' in script) {
    // It fails before the request leaves, so the stop has to come earlier.
    const publish = here.platform.publish.bind(here.platform);
    here.platform.publish = async (call) => {
      here.platform.publish = publish;
      await hold();
      return publish(call);
    };
  } else
    here.platform.beforeSend = async () => {
      here.platform.beforeSend = undefined;
      await hold();
    };
  here.platform.script.push(script);
  await lane();
}
const stop = () => stopPosting(here.world.ctx);
const start = () => startPosting(here.world.ctx);

describe('a post that was being sent when the queue was cleared and did not go out', () => {
  const ENDS: [string, Script][] = [
    ['a rate limit', { before: 'rate_limited', retryAfter: 30 }],
    ['a transient fault before the effect', { before: 'transient' }],
  ];
  for (const [name, script] of ENDS)
    test(`after ${name}, it belongs to the cleared queue, even after Start, and undoing restores it with its parts`, async () => {
      await schedule('one', THREAD);
      await sendMeanwhile(script, stop);
      expect(await rows()).toMatchObject([{ state: 'cancelled', version: 2, retryAt: null, problem: null }]);
      await start();
      await turns(5);
      expect(texts()).toEqual([]);
      const stopped = await lastStop();
      expect(stopped).toMatchObject({ count: 1 });
      await undoStop(here.world.ctx, { id: stopped?.id ?? '' });
      await turns(3);
      expect(texts()).toEqual(['one', 'two', 'three']);
      expect(await questions()).toEqual([]);
    });

  test('with an unknown outcome that ends as "not there" is cancelled and not sent again', async () => {
    await schedule('one', THREAD);
    // The response is lost, and the post never arrived.
    here.platform.lookup = async () => ({ found: 'absent' });
    await sendMeanwhile({ after: 'unknown_outcome' }, stop);
    here.platform.posts.length = 0;
    await start();
    await turns(6);
    expect(texts()).toEqual([]);
    expect(await states()).toEqual(['cancelled']);
    const entries = await db.asSystem((tx) =>
      tx.select().from(activity).where(eq(activity.workspaceId, here.world.workspaceId)),
    );
    expect(entries.map((a) => a.summary).join('\n')).not.toContain('sent again');
    expect(entries.map((a) => a.summary)).toContainEqual(expect.toSay('queue was cleared'));
    const back = await lastStop();
    await undoStop(here.world.ctx, { id: back?.id ?? '' });
    await turns(3);
    expect(texts()).toEqual(['one', 'two', 'three']);
  });

  test('is retried as usual if the stop is undone before the attempt ends', async () => {
    await schedule('one', THREAD);
    await sendMeanwhile({ before: 'rate_limited', retryAfter: 30 }, async () => {
      await stop();
      const [latest] = await db.asSystem((tx) =>
        tx.select().from(postingStops).where(eq(postingStops.workspaceId, here.world.workspaceId)),
      );
      await undoStop(here.world.ctx, { id: latest?.id ?? '' });
    });
    expect(await states()).toEqual(['scheduled']);
    await turns(3);
    expect(texts()).toEqual(['one', 'two', 'three']);
  });

  test('fails as usual if the platform refuses it, and is then not part of the stop', async () => {
    await schedule('one');
    await schedule('uno');
    await sendMeanwhile({ before: 'rejected' }, stop);
    const [failed] = await rows();
    expect(failed).toMatchObject({ state: 'failed', setAsideBy: null });
  });

  test('is not cancelled but asked about if an earlier attempt may be out', async () => {
    here.platform.keyMs = 86_400_000;
    here.platform.looksUp = false;
    await schedule('one', THREAD);
    here.platform.script.push({ after: 'unknown_outcome' });
    await turns(1);
    expect(await states()).toEqual(['scheduled']);
    await sendMeanwhile({ before: 'rate_limited', retryAfter: 30 }, stop);
    expect(await states()).toEqual(['unknown']);
    const [question] = await questions();
    expect(question).toMatchObject({ kind: 'publication_unknown' });
    expect(question?.choices.map((c) => c.value)).toContain('there_end');
    await start();
    await turns(3);
    expect(texts()).toEqual(['one']);
  });

  test('is also asked about when the look-up would send it again under the same key', async () => {
    here.platform.keyMs = 86_400_000;
    here.platform.looksUp = false;
    await schedule('one');
    await sendMeanwhile({ after: 'unknown_outcome' }, stop);
    expect(await states()).toEqual(['unknown']);
    expect(await questions()).toMatchObject([{ kind: 'publication_unknown' }]);
  });

  test('is held by a pause and an emergency stop, and goes on after Start', async () => {
    for (const hold of [pausePosting, stopEverything]) {
      await schedule(`one ${hold.name}`, [{ text: 'two' }]);
      await sendMeanwhile({ before: 'rate_limited', retryAfter: 30 }, () => hold(here.world.ctx));
      const before = texts().length;
      await turns(2);
      expect(texts().length).toBe(before);
      expect((await states()).at(-1)).toBe('scheduled');
      await start();
      await turns(2);
      expect(texts().length).toBe(before + 2);
    }
  });

  test('is sent after Start if a user answers "send it", in spite of the stop', async () => {
    here.platform.looksUp = false;
    const publication = await schedule('one', THREAD);
    await sendMeanwhile({ after: 'unknown_outcome' }, stop);
    await turns(8);
    expect(await states()).toEqual(['unknown']);
    here.platform.posts.length = 0;
    await resolveUnknown(here.world.ctx, { id: publication.id, version: 1, answer: 'not_there' });
    await turns(1);
    expect(texts()).toEqual([]);
    await start();
    await turns(3);
    expect(texts()).toEqual(['one', 'two', 'three']);
  });

  test('does not go out after Start, whether the attempt or the stop finishes first', async () => {
    for (let i = 0; i < 12; i++) {
      await schedule(`race ${i}`);
      await claimDue({ db, clock: here.world.clock });
      const begun = await startPublishing(db, {
        workspaceId: here.world.workspaceId,
        connectionId: here.connectionId,
        now: here.world.clock.now(),
      });
      if (begun.kind !== 'started') throw new Error('not started');
      const { publicationId, version, claimToken, attemptId } = begun.started;
      const ending = () =>
        settle(db, {
          workspaceId: here.world.workspaceId,
          publicationId,
          version,
          claimToken,
          attemptId,
          at: here.world.clock.now(),
          outcome: 'rate_limited',
          step: 'postpone',
          retryAt: new Date(here.world.clock.now().getTime() + 1000),
        });
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      await Promise.all([wait(i % 4).then(ending), wait((i * 3) % 5).then(stop)]);
      await start();
      await turns(2);
      expect((await rows()).every((r) => r.state === 'cancelled' && r.setAsideBy !== null)).toBe(true);
    }
    expect(texts()).toEqual([]);
  });
});

describe('a thread with a published part', () => {
  /** Publishes the first part during a stop, then starts posting again. The rest of the thread was cancelled. */
  async function half() {
    await schedule('one', THREAD);
    await sendMeanwhile({ after: 'unknown_outcome' }, stop);
    await start();
    await turns(2);
    expect(texts()).toEqual(['one']);
    expect(await states()).toEqual(['published', 'cancelled']);
    const [question] = await questions();
    return question;
  }

  test('asks a user, who sends the rest with one click, however long ago the stop was', async () => {
    const question = await half();
    expect(question).toMatchObject({ kind: 'publication_rest', title: 'Publish the rest of “one”?' });
    expect(question?.prompt).toSay('2 more');
    here.world.clock.advance(3 * 86_400_000);
    await completeAsShown(here.world.ctx, { id: question?.id ?? '', answer: 'send' });
    await turns(2);
    expect(texts()).toEqual(['one', 'two', 'three']);
    expect(await questions()).toEqual([]);
  });

  test('stays without its rest if the user leaves it out, even when the stop is undone', async () => {
    const question = await half();
    const stopped = await lastStop();
    expect(stopped).toMatchObject({ count: 1 });
    await completeAsShown(here.world.ctx, { id: question?.id ?? '', answer: 'leave' });
    expect(await lastStop()).toBeNull();
    await undoStop(here.world.ctx, { id: stopped?.id ?? '' });
    await turns(2);
    expect(texts()).toEqual(['one']);
  });

  test('continues when the stop is undone, which also answers the question', async () => {
    await half();
    await undoStop(here.world.ctx, { id: (await lastStop())?.id ?? '' });
    expect(await questions()).toEqual([]);
    await turns(2);
    expect(texts()).toEqual(['one', 'two', 'three']);
  });

  test('continues when a user says where the post is', async () => {
    here.platform.looksUp = false;
    const publication = await schedule('one', THREAD);
    await sendMeanwhile({ after: 'unknown_outcome' }, stop);
    await start();
    await turns(8);
    await resolveUnknown(here.world.ctx, {
      id: publication.id,
      version: 1,
      answer: 'there',
      permalink: `${sandboxPublicUrl()}/x/mira/status/1234567890`,
    });
    await turns(2);
    expect(texts()).toEqual(['one', 'two', 'three']);
    expect(await questions()).toEqual([]);
  });

  test('no longer belongs to the old stop when its rest is sent and hits a limit', async () => {
    const question = await half();
    here.platform.script.push({ before: 'rate_limited', retryAfter: 30 });
    await completeAsShown(here.world.ctx, { id: question?.id ?? '', answer: 'send' });
    await turns(4);
    expect(texts()).toEqual(['one', 'two', 'three']);
    const open = await db.asSystem((tx) =>
      tx
        .select()
        .from(actions)
        .where(and(eq(actions.workspaceId, here.world.workspaceId), eq(actions.state, 'open'))),
    );
    expect(open).toEqual([]);
  });
});
