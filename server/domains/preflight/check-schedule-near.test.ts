import { expect, test } from 'vitest';
import { newTextWork, withTextWork } from '@/server/foundation/text-work';
import { type Neighbour, repeatWarnings } from './check-schedule-near';

const words = (of: string) => Array.from({ length: 40 }, (_, i) => `${of}${i * 7}`).join(' ');
const asked = ['a', 'b'].map((account) => ({
  connectionId: account,
  connectionName: account,
  platform: 'facebook',
  platformName: 'Facebook',
  environment: 'sandbox' as const,
  dueAt: new Date('2026-03-02T10:00:00Z'),
  posts: 1,
  text: words('own'),
  link: null,
}));
const neighbour = (lane: string, text: string, parts: string[] = []): Neighbour => ({
  lane,
  postId: `post_${text.slice(0, 4)}`,
  title: 'Other',
  state: 'scheduled',
  text,
  link: null,
  parts: parts.map((part) => ({ text: part })),
  media: [],
  at: Date.parse('2026-03-03T10:00:00Z'),
});
const warned = async (neighbours: Neighbour[], most: number) =>
  (await withTextWork(() => repeatWarnings(asked, neighbours, 'Europe/Berlin'), newTextWork(most))).map(
    ({ connectionId, code }) => [connectionId, code],
  );

test('warns about repeats as long as the request may compare texts', async () => {
  const own = words('own');
  const far = [neighbour('a', words('other')), neighbour('a', 'x', [own]), neighbour('b', own)];
  expect(await warned(far, 10_000)).toEqual([
    ['a', 'repeated_text'],
    ['b', 'repeated_text'],
  ]);
  // Enough for the own text, and to compare with the same one, but for no other text.
  expect(await warned(far, own.length + 40)).toEqual([['b', 'repeated_text']]);
  expect(await warned(far, own.length - 1)).toEqual([]);
});
