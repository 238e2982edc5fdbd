import { expect, it } from 'vitest';
import { money } from '@/server/foundation/money';
import { findDraft, type ListingMarks, listFromDraft } from './listing-drafts';
import type { ListInput } from './types';

const NOW = new Date('2026-03-01T12:00:00Z');
const file = { name: 'a', mime: 'a/b', bytes: new Uint8Array() };
const input: ListInput = {
  title: 'A planner',
  description: 'For a week.',
  tags: [],
  price: money(100, 'USD'),
  quantity: 1,
  file,
  image: file,
  marker: 'lst-1',
  since: NOW,
  onDraft: async () => {},
};

it('takes a draft without a marker for ours only by its texts and its time', () => {
  const draft = { skus: [], title: 'A  planner', description: 'For a week.', createdAt: NOW };
  const find = (more: Partial<ListingMarks>) => findDraft([{ ...draft, ...more }], input, (marks) => marks);
  expect(find({})).toMatchObject({ ours: { title: 'A  planner' }, similar: false });
  expect(find({ skus: ['theirs'] })).toEqual({ ours: null, similar: false });
  expect(find({ createdAt: new Date(NOW.getTime() - 3_600_000) })).toEqual({ ours: null, similar: false });
  expect(find({ title: 'Another' })).toEqual({ ours: null, similar: false });
  expect(find({ description: 'Changed' })).toEqual({ ours: null, similar: true });
});

it.each([
  ['nothing', undefined, null, null, ['create', 'record 9', 'fill 9', 'offer 9']],
  ['a recorded draft', '5', 'draft', null, ['fill 5', 'offer 5']],
  ['a recorded draft that is gone', '5', null, 'draft', ['record 7', 'fill 7', 'offer 7']],
  ['a listing that buyers see', undefined, null, 'offered', ['record 7']],
  ['a listing that has ended', '5', 'ended', null, ['offer 5']],
] as const)('goes on from %s', async (_what, resume, read, find, wanted) => {
  const did: string[] = [];
  const made = (id: string, state: 'draft' | 'offered' | 'ended') => ({ id, state });
  const result = await listFromDraft(
    { ...input, resume, onDraft: async (id) => void did.push(`record ${id}`) },
    {
      read: async (id) => (read ? made(id, read) : null),
      find: async () => (find ? made('7', find) : null),
      create: async () => {
        did.push('create');
        return made('9', 'draft');
      },
      fill: async (id) => did.push(`fill ${id}`),
      offer: async (id) => {
        did.push(`offer ${id}`);
        return made(id, 'offered');
      },
      idOf: ({ id }) => id,
      stateOf: ({ state }) => state,
      addressOf: ({ id }) => `https://shop.example/${id}`,
    },
  );
  expect(did).toEqual(wanted);
  expect(result.url).toBe(`https://shop.example/${result.remoteId}`);
});
