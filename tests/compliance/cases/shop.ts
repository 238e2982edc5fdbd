import { expect } from 'vitest';
import type { ListInput } from '@/server/connectors/kit/types';
import { samplePng } from '@/server/domains/files/testing';
import { money } from '@/server/foundation/money';
import { type Case, does } from '../define';
import { newWord } from '../samples';
import type { Subject } from '../subject';
import { lostAfter, lostBefore, type Trick } from '../tricks';

async function newListing(p: Subject): Promise<ListInput> {
  const word = newWord();
  const { remote } = await p.row();
  return {
    title: `Planner ${word}`,
    description: `A planner for a week: ${word}.`,
    tags: ['planner'],
    price: money(499, remote.currency ?? 'USD'),
    quantity: 50,
    marker: `lst-${word}`,
    since: p.stand.clock.now(),
    file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4 test') },
    image: { name: 'planner.png', mime: 'image/png', bytes: samplePng(8, 8) },
    onDraft: async () => {},
  };
}
const listed = async (p: Subject): Promise<string> => (await p.call('list', await newListing(p))).remoteId;
const effects = (p: Subject): number => p.requests.filter(({ effect }) => effect === 'effect').length;

/** Asks for pages of two items. */
const smallPages: Trick = (wire, deliver) => {
  const url = new URL(wire.url);
  for (const name of ['limit', 'per_page', 'page_size', 'first'])
    if (url.searchParams.has(name)) url.searchParams.set(name, '2');
  return deliver({ ...wire, url: url.href });
};

export const shop: readonly Case[] = [
  {
    name: 'a listing is made once, however often it is requested',
    applies: (m) => does(m, 'list'),
    async run(p) {
      const input = await newListing(p);
      const made = await p.call('list', input);
      expect(URL.canParse(made.url)).toBe(true);
      const effect = p.effectOfLast();
      expect(await p.call('list', { ...input, resume: made.remoteId })).toEqual(made);
      expect(await p.call('list', input)).toEqual(made);
      expect(effects(p)).toBe(0);
      for (const [trick, done] of [
        [lostAfter, true],
        [lostBefore, false],
      ] as const) {
        const next = await newListing(p);
        p.stand.plan(effect.operation, trick);
        const fault = await p.faultOf(p.call('list', next));
        expect(fault?.kind).toBe('unknown_outcome');
        await p.call('list', next);
        expect(effects(p)).toBe(done ? 0 : 1);
      }
    },
  },
  {
    name: 'a price is set and read, also twice',
    applies: (m) => does(m, 'list', 'setPrice', 'readPrice'),
    async run(p) {
      const remoteId = await listed(p);
      const price = money(399, (await newListing(p)).price.currency);
      for (let i = 0; i < 2; i++) expect(await p.call('setPrice', { remoteId, price })).toEqual({ price });
      expect(await p.call('readPrice', { remoteId })).toEqual({ price, active: true });
    },
  },
  {
    name: 'a listing is ended, and a second end is no error',
    applies: (m) => does(m, 'list', 'delist'),
    async run(p) {
      const remoteId = await listed(p);
      for (let i = 0; i < 2; i++) expect(await p.call('delist', { remoteId })).toEqual({ delisted: true });
    },
  },
  {
    name: 'views are read',
    applies: (m) => does(m, 'list', 'views'),
    async run(p) {
      const remoteId = await listed(p);
      const read = await p.call('views', { remoteIds: [remoteId] });
      for (const one of read) expect(one).toEqual({ remoteId, views: expect.any(Number) });
    },
  },
  {
    name: 'sales are read over several pages, and repeatedly without doubles',
    applies: (m) => does(m, 'list', 'syncSales'),
    async run(p) {
      const listing = await listed(p);
      const since = new Date(p.stand.clock.now().getTime() - 60_000);
      const sold = 5;
      for (let i = 0; i < sold; i++) {
        p.stand.clock.advance(60_000);
        await p.io.control(`${p.id}/sale`, { listing, quantity: 1 });
      }
      p.stand.plan(({ method }) => method === 'GET', smallPages, 500);
      const ours = (sales: readonly { remoteId: string; listingRemoteId: string | null }[]) =>
        sales.filter(({ listingRemoteId }) => listingRemoteId === listing).map(({ remoteId }) => remoteId);
      const first = await p.call('syncSales', { cursor: null, since });
      expect(new Set(ours(first.sales)).size).toBe(sold);
      expect(ours(first.sales)).toHaveLength(sold);
      const again = await p.call('syncSales', { cursor: null, since });
      expect(ours(again.sales).sort()).toEqual(ours(first.sales).sort());
      const later = await p.call('syncSales', { cursor: first.nextCursor, since });
      expect(new Set([...ours(first.sales), ...ours(later.sales)]).size).toBe(sold);
    },
  },
];
