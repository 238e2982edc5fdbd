import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { topics, workspaces } from '@/db/schema';
import { addConnection } from '@/server/domains/publisher/testing';
import { chooseTopics } from '@/server/domains/topics/choose-topics';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World, type WorldOptions } from '@/tests/support/world';
import {
  clockTime,
  DAY,
  equalMix,
  isActive,
  parseClockTime,
  suggestTimes,
  windowLength,
} from '../scheduling/suggest-times';
import { completeStep } from './complete-step';
import { getOnboarding } from './queries';
import { saveAutomation } from './save-automation';
import { automationInput } from './schemas';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});
const fresh = (options: WorldOptions = {}) => createWorld(db, { onboardingStep: 'plan', ...options });
const stepOf = async (world: World) =>
  (await db.asSystem((tx) => tx.select().from(workspaces).where(eq(workspaces.id, world.workspaceId))))[0]
    ?.onboardingStep;

async function reachAutomation(options: WorldOptions = {}) {
  const world = await fresh(options);
  const { ctx } = world;
  await completeStep(ctx, { step: 'plan' });
  await completeStep(ctx, { step: 'platforms' });
  await chooseTopics(ctx, { slugs: ['memes', 'tech'] });
  await completeStep(ctx, { step: 'topics' });
  const { automation } = await getOnboarding(ctx);
  return { world, ctx, automation };
}

describe('the order of the steps', () => {
  it('advances one by one, and finishing an earlier step again changes nothing', async () => {
    const { world, ctx, automation } = await reachAutomation();
    expect(await stepOf(world)).toBe('automation');
    expect(await completeStep(ctx, { step: 'plan' })).toEqual({ step: 'automation' });
    expect(await saveAutomation(ctx, automation)).toEqual({ step: 'done', version: 2 });
    expect(await stepOf(world)).toBe('done');
    expect(await completeStep(ctx, { step: 'topics' })).toEqual({ step: 'done' });
  });

  it('does not allow skipping', async () => {
    const world = await fresh();
    const { automation } = await getOnboarding(world.ctx);
    for (const step of ['platforms', 'topics'] as const) {
      if (step === 'topics') await chooseTopics(world.ctx, { slugs: ['memes'] });
      await expect(completeStep(world.ctx, { step })).rejects.toMatchObject({
        code: 'conflict',
        message: 'Finish choosing a plan first.',
      });
    }
    await expect(saveAutomation(world.ctx, { ...automation, mix: { memes: 100 } })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await stepOf(world)).toBe('plan');
  });

  it('advances one step when the button is pressed twice at once', async () => {
    const world = await fresh();
    const press = () => completeStep(world.ctx, { step: 'plan' });
    expect(await Promise.all([press(), press()])).toEqual([{ step: 'platforms' }, { step: 'platforms' }]);
  });

  it('requires a topic, and a manager', async () => {
    const world = await fresh();
    await completeStep(world.ctx, { step: 'plan' });
    await completeStep(world.ctx, { step: 'platforms' });
    await expect(completeStep(world.ctx, { step: 'topics' })).rejects.toMatchObject({
      code: 'invalid',
    });
    const operator = await actingAs(world, 'operator');
    await expect(completeStep(operator, { step: 'plan' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('automation', () => {
  it('starts with suggestions that can be saved unchanged', async () => {
    const { automation } = await reachAutomation({ timeZone: 'Asia/Kathmandu' });
    expect(automation).toMatchObject({
      timeZone: 'Asia/Kathmandu',
      postsPerDay: 2,
      slots: [720, 1080],
      mix: { memes: 50, tech: 50 },
    });
    expect(automationInput.safeParse(automation).success).toBe(true);
  });

  it('refuses a mix that does not add up to 100 or does not match the chosen topics', async () => {
    const { ctx, automation } = await reachAutomation();
    for (const mix of [{ memes: 50, tech: 49 }, { memes: 100, tech: 1 }, {}])
      expect(automationInput.safeParse({ ...automation, mix }).error?.issues.map((i) => i.path[0])).toContain(
        'mix',
      );
    const strange: Record<string, number>[] = [
      { memes: 100 },
      { memes: 50, finance: 50 },
      { memes: 50, tech: 25, finance: 25 },
    ];
    for (const mix of strange)
      await expect(saveAutomation(ctx, { ...automation, mix })).rejects.toMatchObject({
        code: 'invalid',
        fields: { mix: 'Give each of your topics a share, and no others.' },
      });
  });

  it('enforces the plan’s limit, and adjusts the mix when topics are removed', async () => {
    const { ctx, automation } = await reachAutomation();
    const slots = suggestTimes({ from: automation.activeFrom, to: automation.activeTo, count: 6 });
    await expect(saveAutomation(ctx, { ...automation, postsPerDay: 6, slots })).rejects.toMatchObject({
      code: 'limit_reached',
      fields: { postsPerDay: 'The Free plan allows 5 posts a day. Choose fewer, or upgrade.' },
    });
    const pro = await reachAutomation({ plan: 'pro' });
    await expect(
      saveAutomation(pro.ctx, { ...pro.automation, postsPerDay: 6, slots }),
    ).resolves.toMatchObject({ step: 'done' });
    await db.asSystem((tx) => tx.update(topics).set({ active: false }).where(eq(topics.slug, 'tech')));
    expect((await getOnboarding(pro.ctx)).automation.mix).toEqual({ memes: 100 });
  });

  it('refuses platforms outside the plan, times outside the active hours, and unknown time zones', async () => {
    const { ctx, automation } = await reachAutomation();
    await expect(saveAutomation(ctx, { ...automation, platformOrder: ['linkedin'] })).rejects.toMatchObject({
      fields: { platformOrder: 'The list includes a platform that is not in your plan.' },
    });
    const wrong = (change: object) =>
      automationInput.safeParse({ ...automation, ...change }).error?.issues[0]?.path[0];
    expect(wrong({ slots: [60, 720] })).toBe('slots');
    expect(wrong({ slots: [720, 720] })).toBe('slots');
    expect(wrong({ slots: [720] })).toBe('slots');
    expect(wrong({ activeTo: automation.activeFrom })).toBe('activeTo');
    expect(wrong({ timeZone: 'Mars/Olympus' })).toBe('timeZone');
    expect(wrong({ timeZone: '+02:00' })).toBe('timeZone');
    expect(wrong({ approvalHours: 0 })).toBe('approvalHours');
    expect(automationInput.parse({ ...automation, timeZone: 'europe/berlin' }).timeZone).toBe(
      'Europe/Berlin',
    );
  });

  it('distributes posts among the platforms that accept them, which excludes shops', async () => {
    const { ctx } = await reachAutomation();
    for (const platform of ['etsy', 'x', 'facebook']) await addConnection(db, ctx, platform);
    const { automation, connections } = await getOnboarding(ctx);
    expect(connections.map((c) => c.platform)).toContain('etsy');
    expect(automation.platformOrder.toSorted()).toEqual(['facebook', 'x']);
    await expect(saveAutomation(ctx, { ...automation, platformOrder: ['x', 'etsy'] })).rejects.toMatchObject({
      fields: { platformOrder: 'The list includes a platform that does not support posts.' },
    });
    await saveAutomation(ctx, { ...automation, platformOrder: ['x', 'facebook'] });
    expect((await getOnboarding(ctx)).automation.platformOrder).toEqual(['x', 'facebook']);
  });

  it('does not overwrite settings that another user saved meanwhile', async () => {
    const { ctx, automation } = await reachAutomation();
    await saveAutomation(ctx, automation);
    await expect(saveAutomation(ctx, { ...automation, review: 'post_at_once' })).rejects.toMatchObject({
      code: 'conflict',
      details: { version: 2 },
    });
    expect((await getOnboarding(ctx)).automation.review).toBe('review_first');
  });
});

describe('suggested times', () => {
  const minute = fc.integer({ min: 0, max: DAY - 1 });
  it('lie within the active hours, are distinct, and are the same for the same input', () => {
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 1, max: 120 }), (from, to, count) => {
        fc.pre(from !== to);
        const times = suggestTimes({ from, to, count });
        expect(times).toHaveLength(Math.min(count, windowLength(from, to)));
        expect(new Set(times).size).toBe(times.length);
        expect(times.every((t) => isActive(t, from, to))).toBe(true);
        expect(suggestTimes({ from, to, count })).toEqual(times);
      }),
    );
  });
  it('are spread over hours that run past midnight', () => {
    expect(suggestTimes({ from: 22 * 60, to: 2 * 60, count: 2 }).map(clockTime)).toEqual(['01:00', '23:00']);
  });
  it('are parsed and formatted as clock times', () => {
    fc.assert(fc.property(minute, (m) => parseClockTime(clockTime(m)) === m));
    expect(['24:00', '7:00', '12:60', ''].map(parseClockTime)).toEqual([null, null, null, null]);
  });
  it('equal topic shares add up to exactly 100', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }), (slugs) => {
        const mix = equalMix(slugs.map((s) => `t-${s}`));
        return Object.values(mix).reduce((a, b) => a + b, 0) === 100;
      }),
    );
  });
});
