import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { TOPIC_SLUGS, TOPICS } from './catalogue';
import { chooseTopics } from './choose-topics';
import { previewTopic } from './preview-topic';
import { listTopics } from './queries';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

describe('topics', () => {
  it('lists all eight and says which the plan has', async () => {
    const { ctx } = await createWorld(db, { plan: 'free' });
    const { topics, limit } = await listTopics({ ctx });
    expect(topics.map((topic) => topic.slug)).toEqual([...TOPIC_SLUGS]);
    expect(topics.filter((topic) => topic.allowed).map((topic) => topic.slug)).toEqual(['memes', 'tech']);
    expect(limit).toBe(2);
  });

  it('refuses a topic of a higher plan and keeps what was chosen', async () => {
    const { ctx } = await createWorld(db, { plan: 'free' });
    await chooseTopics({ ctx, input: { slugs: ['memes', 'memes', 'tech'] } });
    await expect(chooseTopics({ ctx, input: { slugs: ['finance'] } })).rejects.toMatchObject({
      code: 'limit_reached',
      message: expect.stringContaining('Finance'),
    });
    const chosen = (await listTopics({ ctx })).topics.filter((topic) => topic.chosen);
    expect(chosen.map((topic) => topic.slug)).toEqual(['memes', 'tech']);
  });

  it('gives a topic its old id back when it is chosen again', async () => {
    const { ctx } = await createWorld(db, { plan: 'pro' });
    const idOf = async () => (await listTopics({ ctx })).topics.find((topic) => topic.slug === 'food');
    await chooseTopics({ ctx, input: { slugs: ['food', 'travel'] } });
    const first = await idOf();
    await chooseTopics({ ctx, input: { slugs: ['travel'] } });
    expect(await idOf()).toMatchObject({ id: first?.id, chosen: false });
    await chooseTopics({ ctx, input: { slugs: [...TOPIC_SLUGS] } });
    expect(await idOf()).toMatchObject({ id: first?.id, chosen: true });
  });

  it('needs a manager, and at least one topic', async () => {
    const { ctx } = await createWorld(db, { plan: 'pro', role: 'operator' });
    await expect(chooseTopics({ ctx, input: { slugs: ['tech'] } })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(chooseTopics({ ctx: { ...ctx, role: 'owner' }, input: { slugs: [] } })).rejects.toThrow();
  });

  it('previews each topic with its own words', async () => {
    const { ctx } = await createWorld(db, { plan: 'free' });
    const texts = await Promise.all(
      TOPIC_SLUGS.map(async (slug) => {
        const { drafts, provider, samples } = await previewTopic({ ctx, input: { slug } });
        expect(provider).toBe('Offline drafter');
        expect(samples).toEqual(TOPICS[slug].samples);
        return drafts.map((draft) => draft.text).join('|');
      }),
    );
    expect(new Set(texts).size).toBe(TOPIC_SLUGS.length);
  });
});
