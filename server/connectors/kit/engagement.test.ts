import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plain } from '@/tests/support/plain';
import { goneAt, readHalving } from './engagement';
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
