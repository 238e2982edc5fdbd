import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plain } from '@/tests/support/plain';
import { counted, goneAt, readByOwnIds, readHalving, unlessAllGone } from './engagement';
import { ConnectorFault, type Engagement } from './types';

const seen = (remoteId: string): Engagement => ({ ...goneAt(remoteId), gone: false, likes: 1 });
const refusal = (vendorCode: string) => new ConnectorFault('rejected', plain('No'), { vendorCode });
const isGone = (code: string | undefined) => code === 'gone';

it('reads every post that is there, however many are gone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (there) => {
      const ids = there.map((_, i) => String(i));
      const isThere = (id: string) => there[Number(id)] === true;
      const read = await readHalving(
        ids,
        async (some) => {
          if (!some.every(isThere)) throw refusal('gone');
          return some.map(seen);
        },
        isGone,
      );
      expect(read).toEqual(ids.map((id) => (isThere(id) ? seen(id) : goneAt(id))));
    }),
  );
});

it('throws any other refusal', async () => {
  await expect(readHalving(['1', '2'], () => Promise.reject(refusal('other')), isGone)).rejects.toThrow('No');
});

it('returns what it read under the ids that were asked for', async () => {
  const own: Readonly<Record<string, string | null>> = { video: '77_1', late: null, lost: 'gone' };
  const asked: string[] = [];
  const read = await readByOwnIds(
    ['77_2', 'video', 'late', 'lost', '77_1'],
    async (id) => (id in own ? (own[id] ?? null) : id),
    async (ids) => {
      asked.push(...ids);
      return ids.map((id) => counted(id, { likes: Number(id.at(-1)) }));
    },
  );
  expect(asked).toEqual(['77_2', '77_1']);
  expect(Object.fromEntries(read.map(({ remoteId, gone, likes }) => [remoteId, gone || likes]))).toEqual({
    '77_2': 2,
    video: 1,
    lost: true,
    '77_1': 1,
  });
});

it('believes that posts are gone only if not all of several are', () => {
  const gone = ['a', 'b'].map(goneAt);
  expect(() => unlessAllGone(['a', 'b'], gone, plain('None shown'))).toThrow('None shown');
  expect(unlessAllGone(['a', 'b', 'c'], gone, plain('None shown'))).toBe(gone);
  expect(unlessAllGone(['a'], [goneAt('a')], plain('None shown'))).toHaveLength(1);
});
