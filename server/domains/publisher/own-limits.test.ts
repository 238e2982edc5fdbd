import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { connections, publications } from '@/db/schema';
import { verbatim } from '@/server/foundation/facts';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { schedulePublications } from '../planning/schedule-publications';
import { checkSchedule } from '../preflight/check-schedule';
import { addConnection, writePost } from './testing';

let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
});
beforeEach(() => {
  here.platform.options.x = [
    { id: 'answer', kind: 'text', label: verbatim('Answer') },
    { id: 'other', kind: 'text', label: verbatim('Other answer') },
  ];
});
const limit = (limits: OwnLimits | null, id = here.connectionId) =>
  here.db.asSystem((tx) => tx.update(connections).set({ limits }).where(eq(connections.id, id)));
const row = async (id: string) =>
  (await here.db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, id))))[0];
const ctx = () => ({ ...here.world.ctx, platforms: here.platform });

describe('an account whose server allows less', () => {
  test('is scheduled no longer text, and another account of the platform still is', async () => {
    await limit({ characters: 10 });
    const other = await addConnection(here.db, here.world.ctx);
    const post = await writePost(here.world.ctx, 'Twelve chars');
    const targets = [{ connectionId: here.connectionId }, { connectionId: other }];
    await expect(
      schedulePublications(ctx(), {
        postId: post.id,
        version: 1,
        targets,
        when: { kind: 'now' },
        requestKey: 'own-limits-1',
      }),
    ).rejects.toMatchObject({ code: 'invalid', fact: expect.toSay(/10/) });
    const [made] = await schedulePublications(ctx(), {
      postId: post.id,
      version: 1,
      targets: targets.slice(1),
      when: { kind: 'now' },
      requestKey: 'own-limits-2',
    });
    expect(made?.connectionId).toBe(other);
    const { warnings } = await checkSchedule(ctx(), {
      postId: post.id,
      targets,
      when: { kind: 'now' },
    } as Parameters<typeof checkSchedule>[1]);
    expect(warnings.filter(({ code }) => code === 'text_refused')).toMatchObject([
      { connectionId: here.connectionId, refused: true, message: expect.toSay(/10/) },
    ]);
  });

  test('is sent nothing that fitted when it was scheduled and is too long now', async () => {
    const { id } = await here.schedule('Twelve chars');
    await limit({ characters: 10 });
    await here.turn();
    expect(await row(id)).toMatchObject({ state: 'failed', problem: expect.toSay(/10/) });
    expect(here.platform.posts).toEqual([]);
  });

  test('is sent no half of a thread', async () => {
    const { id } = await here.scheduleThread('One', [{ text: 'Twelve chars' }]);
    await limit({ characters: 10 });
    await here.turn();
    expect(await row(id)).toMatchObject({ state: 'failed', problem: expect.toSay(/10/) });
    expect(here.platform.posts).toEqual([]);
  });

  test('is sent no part that is too long by then', async () => {
    const { id } = await here.scheduleThread('One', [{ text: 'Twelve chars' }]);
    here.platform.afterEffect = async () => void (await limit({ characters: 10 }));
    await here.turn();
    expect((await row(id))?.state).toBe('published');
    expect(await row(`${id}-02`)).toMatchObject({ state: 'failed', problem: expect.toSay(/10/) });
    expect(here.platform.posts.map(({ text }) => text)).toEqual(['One']);
  });
});

test('an account that may have longer texts has them', async () => {
  const text = 'x'.repeat(900);
  await expect(here.schedule(text)).rejects.toMatchObject({ code: 'invalid' });
  await limit({ characters: 1000 });
  const { id } = await here.schedule(text);
  await here.turn();
  expect((await row(id))?.state).toBe('published');
});

describe('a rule about options', () => {
  beforeEach(() => {
    here.platform.optionRules.x = [
      {
        field: 'answer',
        when: { options: ['answer', 'other'] },
        requires: [{ options: ['answer', 'other'], atLeast: 2 }],
        message: verbatim('It needs two answers.'),
      },
    ];
  });
  const schedule = async (options: Record<string, string>) => {
    const post = await writePost(here.world.ctx, 'Which?');
    const targets = [{ connectionId: here.connectionId, options }];
    return schedulePublications(ctx(), {
      postId: post.id,
      version: 1,
      targets,
      when: { kind: 'now' },
      requestKey: `rule-${post.id}`,
    });
  };

  test('is checked before scheduling, beside its option', async () => {
    await expect(schedule({ answer: 'Tea' })).rejects.toMatchObject({
      code: 'invalid',
      fields: { [`options.${here.connectionId}.answer`]: expect.toSay('two answers') },
    });
    await schedule({ answer: 'Tea', other: 'Coffee' });
    await here.turn();
    expect(here.platform.optionsSent).toEqual([{ answer: 'Tea', other: 'Coffee' }]);
  });

  test('that is newer than the schedule is checked before anything is sent', async () => {
    const rules = here.platform.optionRules;
    here.platform.optionRules = {};
    const [made] = await schedule({ answer: 'Tea' });
    here.platform.optionRules = rules;
    await here.turn();
    expect(await row(made?.id ?? '')).toMatchObject({
      state: 'failed',
      problem: expect.toSay('two answers'),
    });
    expect(here.platform.posts).toEqual([]);
  });
});
