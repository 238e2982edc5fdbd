import { expect, it } from 'vitest';
import { plain } from '@/tests/support/plain';
import { concludeLookup, type Judgement } from './lookup';
import { readPages } from './paging';

const words = { similar: plain('similar'), notAll: plain('not all') };
const reason = plain('hidden');
/** Posts newest first: the newest has the highest id. */
const look = async (judgements: Record<string, Judgement>, { exclude = [] as string[], pages = 1 } = {}) => {
  const items = Object.keys(judgements)
    .sort()
    .reverse()
    .map((id) => ({ id }));
  const read = await readPages(0, async (at) => ({ items, next: at + 1 < pages ? at + 1 : null }), 1);
  return concludeLookup(read, {
    exclude,
    words,
    judge: ({ id }) => judgements[id] ?? 'other',
    published: ({ id }) => ({ remoteId: id, permalink: `https://example.com/${id}` }),
  });
};
const unclear = (why: unknown) => ({ found: 'unclear', why });

it('finds the oldest post that is certainly ours, also in a part of the list', async () => {
  const post = { remoteId: 'b', permalink: 'https://example.com/b' };
  expect(await look({ a: reason, b: 'same', c: 'same' })).toEqual({ found: 'yes', post });
  expect(await look({ a: 'similar', b: 'same' }, { pages: 2 })).toEqual({ found: 'yes', post });
});

it('is unclear about posts that may be ours, and gives the reason that says most', async () => {
  expect(await look({ a: 'similar', b: 'other' })).toEqual(unclear(words.similar));
  expect(await look({ a: 'similar', b: reason })).toEqual(unclear(reason));
  expect(await look({ a: 'other' }, { pages: 2 })).toEqual(unclear(words.notAll));
});

it('calls a post absent only if every other one is certainly not ours', async () => {
  expect(await look({})).toEqual({ found: 'absent' });
  expect(await look({ a: 'other', b: 'same', c: reason }, { exclude: ['b', 'c'] })).toEqual({
    found: 'absent',
  });
});
