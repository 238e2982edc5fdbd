import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { actions } from '@/db/schema';
import { untilSomebodyWaits } from '@/tests/support/db';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { labelOf } from '../publications/label';
import { uncertainOutcome } from '../publications/uncertain-outcome';
import { type Settlement, settle, settleAll } from './settle';
import { startPublishing } from './start-publishing';

let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
});

test('a success that arrives while the question to a user is not committed yet answers that question', async () => {
  const { db, world, connectionId } = here;
  const publication = await here.schedule();
  await claimDue({ db, clock: world.clock });
  const now = world.clock.now();
  const begun = await startPublishing(db, { workspaceId: world.workspaceId, connectionId, now });
  if (begun.kind !== 'started') throw new Error('not started');
  const { publicationId, version, claimToken, attemptId } = begun.started;
  const base = { workspaceId: world.workspaceId, publicationId, version, claimToken, attemptId, at: now };
  const asks: Settlement = {
    ...base,
    attemptId: 'att_look_up',
    step: 'askPerson',
    outcome: 'unknown_outcome',
    ...uncertainOutcome(labelOf('post', 'it', 'X', null).inside, 'us', 0),
  };
  const yes: Settlement = { ...base, step: 'succeed', outcome: 'published', remoteId: '1' };
  let late: Promise<unknown> = Promise.resolve();
  await db.asSystem(async (tx) => {
    await settleAll(tx, [asks]);
    late = settle(db, yes);
    await untilSomebodyWaits(tx);
  });
  await late;
  expect((await here.state(publication.id)).state).toBe('published');
  const asked = await db.asSystem((tx) =>
    tx
      .select({ state: actions.state, answer: actions.answer })
      .from(actions)
      .where(and(eq(actions.workspaceId, world.workspaceId), eq(actions.subjectId, publicationId))),
  );
  expect(asked).toEqual([{ state: 'done', answer: 'there' }]);
});
