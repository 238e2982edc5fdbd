import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { postingSettings } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, withRole } from '@/tests/support/world';
import { previewTopic } from '../generation/preview-topic';
import { TOPIC_SLUGS, TOPICS } from './catalogue';
import { chooseTopics } from './choose-topics';
import { listTopics } from './queries';
import { refitMix } from './refit-mix';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

describe('topics', () => {
  it('lists all eight and marks those included in the plan', async () => {
    const { ctx } = await createWorld(db, { plan: 'free' });
    const { topics, limit } = await listTopics(ctx);
    expect(topics.map((topic) => topic.slug)).toEqual([...TOPIC_SLUGS]);
    expect(topics.filter((topic) => topic.allowed).map((topic) => topic.slug)).toEqual(['memes', 'tech']);
    expect(limit).toBe(2);
  });

  it('refuses a topic of a higher plan and keeps the previous choice', async () => {
    const { ctx } = await createWorld(db, { plan: 'free' });
    await chooseTopics(ctx, { slugs: ['memes', 'memes', 'tech'] });
    await expect(chooseTopics(ctx, { slugs: ['finance'] })).rejects.toMatchObject({
      code: 'limit_reached',
      message: expect.stringContaining('Finance'),
    });
    const chosen = (await listTopics(ctx)).topics.filter((topic) => topic.chosen);
    expect(chosen.map((topic) => topic.slug)).toEqual(['memes', 'tech']);
  });

  it('restores a topic’s id when it is chosen again', async () => {
    const { ctx } = await createWorld(db, { plan: 'pro' });
    const idOf = async () => (await listTopics(ctx)).topics.find((topic) => topic.slug === 'food');
    await chooseTopics(ctx, { slugs: ['food', 'travel'] });
    const first = await idOf();
    await chooseTopics(ctx, { slugs: ['travel'] });
    expect(await idOf()).toMatchObject({ id: first?.id, chosen: false });
    await chooseTopics(ctx, { slugs: [...TOPIC_SLUGS] });
    expect(await idOf()).toMatchObject({ id: first?.id, chosen: true });
  });

  it('keeps the mix limited to the chosen topics and at 100, and increments its version when it changes', async () => {
    const { ctx } = await createWorld(db, { plan: 'pro' });
    const settings = async () => {
      const [row] = await db.asSystem((tx) =>
        tx.select().from(postingSettings).where(eq(postingSettings.workspaceId, ctx.workspaceId)),
      );
      return { mix: row?.mix, version: row?.version };
    };
    await chooseTopics(ctx, { slugs: ['food', 'travel', 'tech'] });
    expect(await settings()).toEqual({ mix: {}, version: 1 });
    await db.asSystem((tx) =>
      tx
        .update(postingSettings)
        .set({ mix: { food: 60, travel: 20, tech: 20 } })
        .where(eq(postingSettings.workspaceId, ctx.workspaceId)),
    );
    await chooseTopics(ctx, { slugs: ['tech', 'travel', 'food'] });
    expect(await settings()).toEqual({ mix: { food: 60, travel: 20, tech: 20 }, version: 1 });
    await chooseTopics(ctx, { slugs: ['food', 'travel'] });
    expect(await settings()).toEqual({ mix: { food: 75, travel: 25 }, version: 2 });
    await chooseTopics(ctx, { slugs: ['food', 'travel', 'memes', 'coding'] });
    expect(await settings()).toEqual({ mix: { food: 38, travel: 12, memes: 25, coding: 25 }, version: 3 });
    await chooseTopics(ctx, { slugs: ['finance'] });
    expect(await settings()).toEqual({ mix: { finance: 100 }, version: 4 });
  });

  it('refits any mix to whole shares that sum to 100', () => {
    for (let n = 1; n <= TOPIC_SLUGS.length; n++)
      for (const before of <Record<string, number>[]>[
        { memes: 100 },
        { memes: 0, tech: 100 },
        { memes: 33, tech: 33, food: 34 },
        { gone: 100 },
      ]) {
        const mix = refitMix(before, TOPIC_SLUGS.slice(0, n));
        expect(Object.keys(mix)).toEqual(TOPIC_SLUGS.slice(0, n));
        expect(Object.values(mix).reduce((a, b) => a + b, 0)).toBe(100);
        expect(Object.values(mix).every((share) => Number.isInteger(share) && share >= 0)).toBe(true);
      }
    expect(refitMix({}, ['memes'])).toEqual({});
  });

  it('requires a manager and at least one topic', async () => {
    const { ctx } = await createWorld(db, { plan: 'pro', role: 'operator' });
    await expect(chooseTopics(ctx, { slugs: ['tech'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(chooseTopics(withRole(ctx, 'owner'), { slugs: [] })).rejects.toThrow();
  });

  it('previews each topic with its own text', async () => {
    const { ctx } = await createWorld(db, { plan: 'free' });
    const texts = await Promise.all(
      TOPIC_SLUGS.map(async (slug) => {
        const { drafts, provider, samples } = await previewTopic(ctx, { slug });
        expect(provider).toEqual('Offline drafter');
        expect(samples).toEqual(TOPICS[slug].samples);
        return drafts.map((draft) => draft.text).join('|');
      }),
    );
    expect(new Set(texts).size).toBe(TOPIC_SLUGS.length);
  });
});
