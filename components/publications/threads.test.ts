import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { plain } from '@/tests/support/plain';
import * as threads from './threads';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'publications' });
const { isPart } = threads;
const followWord = (p: Parameters<typeof threads.followLabel>[0]) => threads.followLabel(p, t);
const partName = (p: Parameters<typeof threads.partName>[0]) => threads.partName(p, t);
type ThreadInput = Parameters<typeof threads.threadInWords>;
const threadInWords = (post: ThreadInput[0], parts: ThreadInput[1]) => threads.threadInWords(post, parts, t);

const shown = (text: string) => ({ ...plain(text), text });
const rest = (n: number) => Array.from({ length: n }, () => ({ text: 'more' }));
const at = (
  state: 'published' | 'failed' | 'unknown' | 'cancelled' | 'scheduled',
  left: number,
  problem = '',
) => ({ state, problem: problem ? shown(problem) : null, parts: rest(left) }) as const;

test('a thread reports its progress and what blocks it', () => {
  const x = (state: Parameters<typeof at>[0], left: number) => ({ platform: 'x', ...at(state, left) });
  expect(threadInWords(x('published', 0), [])).toBeNull();
  expect(threadInWords(x('scheduled', 4), [])).toBe('5 parts, published one after the other.');
  expect(threadInWords(x('published', 2), [at('published', 1), at('published', 0)])).toBe(
    'All 3 parts are published.',
  );
  expect(threadInWords(x('published', 4), [at('published', 3), at('failed', 2, 'Too long')])).toBe(
    '2 of 5 parts published. Part 3 was not published: Too long The rest is on hold.',
  );
  expect(threadInWords(x('published', 2), [at('unknown', 1)])).toContain('We could not confirm part 2.');
  expect(threadInWords(x('published', 2), [at('cancelled', 1)])).toBe(
    '1 of 3 parts published. The thread was ended before part 2.',
  );
});

test('a first comment has its own texts', () => {
  const facebook = (state: Parameters<typeof at>[0]) => ({ platform: 'facebook', ...at(state, 1) });
  expect(threadInWords(facebook('scheduled'), [])).toBe(
    'The first comment follows once the post is published.',
  );
  expect(threadInWords(facebook('published'), [at('published', 0)])).toBe(
    'The post and its first comment are published.',
  );
  expect(threadInWords(facebook('published'), [at('failed', 0, 'Not allowed.')])).toBe(
    'The post is published. The first comment was not published: Not allowed.',
  );
  expect(threadInWords(facebook('published'), [at('unknown', 0)])).toContain('could not confirm');
  expect(threadInWords(facebook('published'), [at('cancelled', 0)])).toContain('skipped');
});

test('a part is named by its number or as first comment; a later follow-up is not a part', () => {
  expect(partName({ id: 'pub_1-02', platform: 'x' })).toBe('Part 2');
  expect(partName({ id: 'pub_1-12', platform: 'x' })).toBe('Part 12');
  expect(partName({ id: 'pub_1-02', platform: 'facebook' })).toBe('First comment');
  expect(isPart({ id: 'pub_1-02', kind: 'reply' })).toBe(true);
  expect(isPart({ id: 'pub_2', kind: 'reply' })).toBe(false);
});

test('lists label what follows a post, but not a post itself', () => {
  const x = { platform: 'x', followsId: 'pub_1' } as const;
  expect(followWord({ ...x, id: 'pub_1', kind: 'post', followsId: null })).toBeNull();
  expect(followWord({ ...x, id: 'pub_1-02', kind: 'reply' })).toBe('Part 2');
  expect(followWord({ ...x, id: 'pub_1-02', kind: 'reply', platform: 'facebook' })).toBe('First comment');
  expect(followWord({ ...x, id: 'pub_2', kind: 'reply' })).toBe('Follow-up');
  expect(followWord({ ...x, id: 'pub_2', kind: 'repost' })).toBe('Repost');
  // Facebook shares the old post as a new one.
  expect(followWord({ ...x, id: 'pub_2', kind: 'post', platform: 'facebook' })).toBe('Repost');
});

test('a first post that does not continue automatically does not announce the rest as on its way', () => {
  const x = (state: Parameters<typeof at>[0]) => threadInWords({ platform: 'x', ...at(state, 2) }, []);
  const facebook = (state: Parameters<typeof at>[0]) =>
    threadInWords({ platform: 'facebook', ...at(state, 1) }, []);
  expect([x('cancelled'), facebook('cancelled')]).toEqual([null, null]);
  expect(x('failed')).toBe('3 parts. The rest follows once the first is published.');
  expect(facebook('failed')).toBe('The first comment follows once the post is published.');
  expect(x('unknown')).toBe('3 parts. The rest is on hold until you answer.');
  expect(facebook('unknown')).toBe('The first comment is on hold until you answer.');
});
