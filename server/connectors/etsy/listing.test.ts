import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '@/server/foundation/money';
import { type Asked, NOW, ok, outcome, type Reply, scripted } from '../host/testing';
import type { ConnectorFault, ListInput } from '../kit/types';
import { etsy } from '.';
import { findByMarker } from './listing';

const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
const escapeOnce = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
const shown = (
  id: number,
  more: { title?: string; description?: string; sku?: string; created?: Date; state?: string } = {},
) => ({
  listing_id: id,
  state: more.state ?? 'draft',
  title: escapeOnce(more.title ?? `Other ${id}`),
  description: escapeOnce(more.description ?? 'Another.'),
  created_timestamp: seconds(more.created ?? new Date(NOW.getTime() - id * 60_000)),
  price: { amount: 499, divisor: 100, currency_code: 'USD' },
  inventory: { products: [{ sku: more.sku ?? '', offerings: [] }] },
});
type Shown = ReturnType<typeof shown>;

const input = (more: Partial<ListInput> = {}): ListInput => ({
  title: "Mom's & Dad's <planner>",
  description: 'For "every" week.\r\n\r\nIt\'s good & useful.',
  tags: ['planner'],
  price: money(499, 'USD'),
  quantity: 9,
  marker: 'lst_1',
  file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF') },
  image: { name: 'planner.png', mime: 'image/png', bytes: Buffer.from('png') },
  onDraft: async () => {},
  ...more,
});
/** A shop whose listings in `state` are these, in this order. */
const shop =
  (listings: Partial<Record<string, Shown[]>>, count?: number) =>
  ({ url }: Asked): Reply => {
    const query = new URL(url).searchParams;
    const all = listings[query.get('state') ?? ''] ?? [];
    const from = Number(query.get('offset') ?? 0);
    return ok({ count: count ?? all.length, results: all.slice(from, from + Number(query.get('limit'))) });
  };
const find = async (reply: (asked: Asked) => Reply, wanted = input()) => {
  const { io, asked } = scripted(etsy, reply, { remoteId: '5', remote: { shopId: '5' } });
  const result = await outcome(findByMarker(io, wanted));
  return { result: result as { listing_id?: string } | ConnectorFault | null, asked };
};
const others = (n: number) => Array.from({ length: n }, (_, i) => shown(i + 1, { sku: `s${i}` }));

describe('a draft whose creation was not confirmed', () => {
  const ours = (more: object = {}) =>
    shown(9000, { title: input().title, description: input().description, created: NOW, ...more });

  it.each<[string, Shown]>([
    ['with entities', ours()],
    ['with other line ends', ours({ description: input().description.replaceAll('\r\n', '\n') })],
    ['with trimmed white space', ours({ description: `${input().description.replace(/\s+/g, ' ')}  ` })],
    ['in decomposed form', ours({ title: `${input().title.normalize('NFD')} ` })],
  ])('is found %s', async (_name, draft) => {
    expect((await find(shop({ draft: [draft] }))).result).toMatchObject({ listing_id: '9000' });
  });

  it('is found by any text, and only by its own', async () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      '&',
      '&amp;',
      '&#39;',
      '<',
      'é',
      'e\u0301',
      '\r\n',
      ' ',
      'Ma',
      'm',
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 10 }).map((pieces) => `x${pieces.join('')}`);
    const plain = (value: string) => value.normalize('NFC').replace(/\s+/g, ' ').trim();
    await fc.assert(
      fc.asyncProperty(text, text, async (mine, other) => {
        const wanted = input({ title: mine, description: mine });
        const drafts = [
          shown(1, { title: other, description: other }),
          shown(2, { title: mine.normalize('NFC'), description: mine.replaceAll('\r\n', '\n') }),
        ];
        const { result } = await find(shop({ draft: drafts }), wanted);
        expect(result).toMatchObject({ listing_id: plain(mine) === plain(other) ? '1' : '2' });
      }),
      { numRuns: 60 },
    );
  });

  it('is found among more than 2,000 others', async () => {
    for (const since of [undefined, new Date(NOW.getTime() - 999 * 3_600_000)]) {
      const { result } = await find(shop({ draft: [...others(2400), ours()] }), input({ since }));
      expect(result).toMatchObject({ listing_id: '9000' });
    }
  });

  it('is found by its marker in any state', async () => {
    for (const state of ['draft', 'active', 'inactive', 'sold_out', 'expired'])
      expect(
        (await find(shop({ [state]: [...others(130), shown(7, { sku: 'lst_1', state })] }))).result,
      ).toMatchObject({ listing_id: '7' });
  });

  it('is looked for only since it was requested, if the shop shows the newest first', async () => {
    const since = new Date(NOW.getTime() - 3_600_000);
    const { result, asked } = await find(
      shop({ draft: others(5000), active: others(5000) }),
      input({ since }),
    );
    expect(result).toBeNull();
    // One page per state: the hundredth listing is older than the request.
    expect(asked).toHaveLength(5);
    const mixed = [...others(300).reverse(), shown(9001, { sku: 'lst_1', created: NOW })];
    expect((await find(shop({ active: mixed }), input({ since }))).result).toMatchObject({
      listing_id: '9001',
    });
  });

  it('is not taken for missing if the list was not read to its end', async () => {
    const endless = ({ url }: Asked) => {
      const from = Number(new URL(url).searchParams.get('offset'));
      return ok({ count: 10_000_000, results: [shown(from + 1, { sku: 'a', created: NOW })] });
    };
    const { result } = await find(endless);
    expect(result).toMatchObject({ kind: 'transient' });
    expect((result as ConnectorFault).fact).toSay(/cannot tell whether this one is there/);
  });

  it('is found behind a page that Etsy left empty', async () => {
    const gap = (asked: Asked): Reply => {
      const offset = Number(new URL(asked.url).searchParams.get('offset'));
      if (!asked.url.includes('state=draft')) return ok({ count: 0, results: [] });
      return ok({ count: 201, results: offset === 200 ? [ours()] : [] });
    };
    expect((await find(gap)).result).toMatchObject({ listing_id: '9000' });
  });

  it('is asked about if only its title is ours', async () => {
    const since = new Date(NOW.getTime() - 60_000);
    const changed = ours({ description: 'Etsy changed this.' });
    const { result } = await find(shop({ draft: [changed] }), input({ since }));
    expect(result).toMatchObject({ kind: 'rejected' });
    expect((result as ConnectorFault).fact).toSay(/may be this listing.*Delete or rename/);
    // Older than the request: certainly not ours.
    const old = ours({ created: new Date(NOW.getTime() - 86_400_000) });
    expect((await find(shop({ draft: [old] }), input({ since }))).result).toBeNull();
  });
});

describe('Etsy’s rules', () => {
  it.each<[string, Partial<ListInput>, RegExp]>([
    ['a long title', { title: 'a'.repeat(141) }, /titles of up to 140 characters, and this one has 141/],
    ['a character', { title: 'Planner 🦊 for $5' }, /does not allow 🦊 and \$ in a title/],
    ['a repeated character', { title: 'Tea & cake & more: a: b' }, /allows : and & only once in a title/],
    [
      'many tags',
      { tags: Array.from({ length: 14 }, (_, i) => `tag ${i}`) },
      /up to 13 tags, and this product has 14/,
    ],
    ['a long tag', { tags: ['a'.repeat(21)] }, /tags of up to 20 characters, and “a+” has 21/],
    [
      'a tag with a comma',
      { tags: ['home,office'] },
      /“home,office” cannot be a tag on Etsy.*do not allow ,/,
    ],
    ['a tag twice', { tags: ['Planner', 'planner'] }, /“planner” is there twice/],
  ])('refuse %s before anything is sent', async (_name, more, words) => {
    const { io, asked } = scripted(etsy, shop({}), { remoteId: '5', remote: { shopId: '5' } });
    const result = await outcome(etsy.functions.list?.(io, input(more)) ?? Promise.resolve());
    expect(result).toMatchObject({ kind: 'rejected' });
    expect((result as ConnectorFault).fact).toSay(words);
    expect(asked.filter((one) => one.spec.method !== 'GET')).toEqual([]);
  });
});

describe('the words of a refusal', () => {
  it.each<[string, number, unknown, string]>([
    ['an error', 400, { error: 'The price is missing' }, 'The price is missing'],
    ['a description', 409, { error: 'conflict', error_description: 'It was changed' }, 'It was changed'],
    [
      'a list',
      400,
      [{ path: '/title/1', type: 'invalid_characters', message: 'contains invalid characters' }],
      'title: contains invalid characters',
    ],
    [
      'an error with a list',
      400,
      {
        error: 'unable to create listing',
        error_list: [{ path: '/tags', message: 'You may not have duplicate tags.' }],
      },
      'You may not have duplicate tags. unable to create listing',
    ],
    ['escaped text', 400, { error: '&quot;Mom&#39;s&quot; is not allowed' }, '"Mom\'s" is not allowed'],
    ['another status', 422, { errors: ['No section'] }, 'No section'],
    ['text', 413, 'Too large', 'Too large'],
  ])('are shown from %s', async (_name, status, body, words) => {
    const { io } = scripted(etsy, () => ({ status, body }), { remoteId: '5', remote: { shopId: '5' } });
    const fault = (await outcome(
      etsy.functions.readPrice?.(io, { remoteId: '1' }) ?? Promise.resolve(),
    )) as ConnectorFault;
    expect(fault.kind).toBe('rejected');
    expect(fault.fact).toMatchObject({ params: { said: words } });
  });
});

it.each([
  [409, { error: 'The resource is being edited by another process. Please try again in a few moments.' }],
  [400, [{ message: 'Something went wrong. Please try again later.' }]],
  [423, {}],
])('a refusal with the advice to try again is not final (%i)', async (status, body) => {
  const { io } = scripted(etsy, () => ({ status, body }));
  expect(await outcome(etsy.functions.readPrice?.(io, { remoteId: '1' }) ?? Promise.resolve())).toMatchObject(
    { kind: 'transient' },
  );
});

it('writes an inventory back as it was typed', async () => {
  const before = {
    products: [
      {
        sku: 'A&amp;B',
        offerings: [
          { quantity: 1, is_enabled: true, price: { amount: 100, divisor: 100, currency_code: 'USD' } },
        ],
        property_values: [{ property_id: 1, property_name: 'Mom&#39;s size', values: ['5&quot;'] }],
      },
    ],
  };
  const { io, asked } = scripted(etsy, () => ok(before));
  await etsy.functions.setPrice?.(io, { remoteId: '1', price: money(200, 'USD') });
  expect(asked.at(-1)?.spec.json).toMatchObject({
    products: [{ sku: 'A&B', property_values: [{ property_name: "Mom's size", values: ['5"'] }] }],
  });
});

it('does not take a page of a proxy for the report that a listing is gone', async () => {
  const delist = (body: unknown) => {
    const { io } = scripted(etsy, () => ({ status: 404, body }), { remoteId: '5', remote: { shopId: '5' } });
    return outcome(etsy.functions.delist?.(io, { remoteId: '1' }) ?? Promise.resolve());
  };
  expect(await delist({ error: 'Resource not found' })).toEqual({ delisted: true });
  expect(await delist('<!DOCTYPE html><h1>404 Not Found</h1>')).toMatchObject({ kind: 'transient' });
});

it.each([
  'Shared secret is required in x-api-key header.',
  'API key not found or not active, or incorrect shared secret for API key.',
  "Invalid API key: should be in the format 'keystring:shared_secret'.",
  'Missing x-api-key header or client_id',
])('names the operator if Etsy refuses the key of the installation: %s', async (error) => {
  for (const status of [401, 403]) {
    const { io } = scripted(etsy, () => ({ status, body: { error } }), {
      remoteId: '5',
      remote: { shopId: '5' },
    });
    const fault = (await outcome(
      etsy.functions.readPrice?.(io, { remoteId: '1' }) ?? Promise.resolve(),
    )) as ConnectorFault;
    expect(fault).toMatchObject({ kind: 'transient', options: { installation: true } });
    expect(fault.fact).toSay(/operator/);
  }
});
