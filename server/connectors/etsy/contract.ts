import { samplePng } from '@/server/domains/files/testing';
import { money } from '@/server/foundation/money';
import type { ContractIo, PlatformContract } from '@/tests/contracts/define';
import type { Json } from '@/tests/contracts/readers/contract';
import { oauth } from '@/tests/contracts/readers/oauth';
import { openApi } from '@/tests/contracts/readers/openapi';

const HOUR_MS = 3_600_000;

const planner = {
  title: 'Printable planner',
  description: 'A planner for a week.',
  tags: ['planner', 'printable'],
  price: money(499, 'USD'),
  quantity: 50,
  file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4 test') },
  image: { name: 'planner.png', mime: 'image/png', bytes: samplePng(1, 1) },
  onDraft: async () => {},
};

export const etsyContract: PlatformContract = {
  load: async () => [await openApi('etsy/3.0.0.json', { amend: addRateLimit }), oauth('etsy')],
  also: ({ status, answerHeaders }) => ({
    request: [],
    answer: status === 429 && !answerHeaders['retry-after'] ? ['retry-after is missing'] : [],
  }),
  account: 'miraokafor',
  scenarios: {
    async list(io) {
      const input = { ...planner, marker: 'lst-1' };
      const { remoteId } = await io.call('list', input);
      await io.call('list', { ...input, resume: remoteId });
      const long = { ...planner, marker: 'lst-3', title: 'x'.repeat(200) };
      await io.refused(io.call('list', long));
    },

    async readPrice(io) {
      const remoteId = await listed(io, 'lst-read');
      await io.call('readPrice', { remoteId });
      await io.refused(io.call('readPrice', { remoteId: '999999999' }));
      // A per-second limit is waited for; an error is not.
      await io.fail('getListing', '429');
      await io.call('readPrice', { remoteId });
      await io.fail('getListing', '500_before');
      await io.refused(io.call('readPrice', { remoteId }));
    },

    async setPrice(io) {
      const remoteId = await listed(io, 'lst-price');
      await io.call('setPrice', { remoteId, price: money(399, 'USD') });
    },

    async views(io) {
      await io.call('views', { remoteIds: [await listed(io, 'lst-views')] });
    },

    async syncSales(io) {
      const listing = await listed(io, 'lst-sales');
      const since = new Date(io.now().getTime() - HOUR_MS);
      const { receiptId: sold } = await io.control('etsy/sale', { listing, quantity: 2 });
      const { receiptId: waiting } = await io.control('etsy/sale', { listing, unposted: true });
      await io.control('etsy/refund', { receipt: sold, cents: 100 });
      const { payments: [payment] = [] } = await io.call('syncSales', { cursor: null, since });
      // A line that named no order when it was read.
      const unattributed = [{ remoteId: payment?.remoteId ?? '', reference: null }];
      await io.call('syncSales', { cursor: null, since, unattributed });
      // Before and after everything is given back of what Etsy has not credited.
      for (const cents of [100, undefined]) {
        await io.control('etsy/refund', { receipt: waiting, cents });
        await io.call('syncSales', { cursor: null, since: io.now(), unpaidOrders: [String(waiting)] });
      }
    },

    async delist(io) {
      const remoteId = await listed(io, 'lst-end');
      // Beyond the life of a token.
      io.advance(2 * HOUR_MS);
      await io.call('delist', { remoteId });
      await io.call('delist', { remoteId: await leftDraft(io) });
    },
  },
};

/** Etsy's document omits its 429, which the notes beside it describe in the shape of every other error. */
function addRateLimit(document: Json): void {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/ErrorSchema' } } };
  for (const path of Object.values(document.paths as Record<string, Record<string, Json>>))
    for (const { responses } of Object.values(path))
      if (responses) (responses as Json)['429'] ??= { description: 'Too many requests', content };
}

const listed = async (io: ContractIo, marker: string): Promise<string> =>
  (await io.call('list', { ...planner, title: `Planner ${marker}`, marker })).remoteId;

/** Creates a listing whose picture upload fails, which leaves a draft behind, and returns the id of the draft. */
async function leftDraft(io: ContractIo): Promise<string> {
  let draft = '';
  const input = {
    ...planner,
    title: 'Another planner',
    marker: 'lst-2',
    image: { ...planner.image, bytes: Buffer.from('not a picture') },
    onDraft: async (id: string) => {
      draft = id;
    },
  };
  await io.refused(io.call('list', input));
  return draft;
}
