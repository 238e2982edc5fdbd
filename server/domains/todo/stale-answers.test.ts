import { and, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Tx } from '@/db/client';
import { actions, publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { untilSomebodyWaits } from '@/tests/support/db';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { ACTION_KINDS, type ActionKind, actionColumns } from '../actions/kinds';
import { completeAction } from './complete-action';
import { listTodo } from './queries';

let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
});

/** For each kind of action, its parameters, the state of its publication, and an answer. */
const CASES: {
  [K in ActionKind]: {
    params: Parameters<typeof actionColumns<K>>[1];
    state: (typeof publications.$inferSelect)['state'];
    answer: string;
  };
} = {
  publication_unknown: {
    params: { what: 'one', account: '@mira', following: 0 },
    state: 'unknown',
    answer: 'not_there_leave',
  },
  publication_missed: {
    params: { what: 'one', due: '2026-03-02 09:00', zone: 'UTC', count: 1, posts: '' },
    state: 'draft',
    answer: 'skip',
  },
  publication_by_hand: {
    params: { what: 'one', account: '@mira', platform: 'X' },
    state: 'handed_over',
    answer: 'not_posted',
  },
  publication_rest: {
    params: { title: 'one', account: '@mira', count: 1 },
    state: 'cancelled',
    answer: 'leave',
  },
};
const KINDS = Object.keys(ACTION_KINDS) as ActionKind[];

async function asked(kind: ActionKind) {
  const { state, params, answer } = CASES[kind];
  const { id } = await here.scheduleIn(60);
  const actionId = newId('action');
  await here.db.asSystem(async (tx) => {
    await tx.insert(actions).values({
      id: actionId,
      workspaceId: here.world.workspaceId,
      subjectType: 'publication',
      subjectId: id,
      ...actionColumns(kind, params as never),
    });
    await tx
      .update(publications)
      .set({ state, setAsideBy: actionId, setAsideFrom: 'scheduled' })
      .where(eq(publications.id, id));
  });
  const fingerprint = async () => {
    const { actions: open } = await listTodo(here.world.ctx);
    return open.find((action) => action.id === actionId)?.fingerprint ?? '';
  };
  const complete = (seen: string) =>
    completeAction(here.world.ctx, { id: actionId, answer, fingerprint: seen });
  return { id, actionId, fingerprint, complete };
}
const change = (tx: Tx, id: string) =>
  tx
    .update(publications)
    .set({ version: sql`${publications.version} + 1` })
    .where(eq(publications.id, id));
const stateOf = (actionId: string) =>
  here.db.asSystem(async (tx) => {
    const [row] = await tx
      .select({ state: actions.state })
      .from(actions)
      .where(and(eq(actions.workspaceId, here.world.workspaceId), eq(actions.id, actionId)));
    return row?.state;
  });

test.each(KINDS)(
  '%s: an answer is refused if the publication has changed since it was shown',
  async (kind) => {
    const { id, actionId, fingerprint, complete } = await asked(kind);
    const seen = await fingerprint();
    const before = await here.state(id);
    await here.db.asSystem((tx) => change(tx, id));
    await expect(complete(seen)).rejects.toMatchObject({
      code: 'conflict',
      fact: { fact: 'actions.errors.changed' },
    });
    expect(await stateOf(actionId)).toBe('open');
    expect(await here.state(id)).toEqual({ ...before, version: before.version + 1 });
    await complete(await fingerprint());
    expect(await stateOf(actionId)).toBe('done');
  },
);

test.each(KINDS)('%s: an answer is refused if the publication changes at the same moment', async (kind) => {
  const { id, actionId, fingerprint, complete } = await asked(kind);
  const seen = await fingerprint();
  let answer: Promise<unknown> = Promise.resolve();
  await here.db.asSystem(async (tx) => {
    await change(tx, id);
    answer = complete(seen);
    answer.catch(() => {});
    await untilSomebodyWaits(tx);
  });
  await expect(answer).rejects.toMatchObject({ code: 'conflict' });
  expect(await stateOf(actionId)).toBe('open');
});
