import { expect, test } from 'vitest';
import type { Tx } from '@/db/client';
import { asWorkspaceId } from '@/server/foundation/ids';
import { assertFingerprint, readFingerprints } from './fingerprint';

interface Row {
  id: string;
  version: number;
  state: string;
}
/** Returns a transaction whose only query finds these publications. */
const finding = (rows: readonly Row[]) =>
  ({ select: () => ({ from: () => ({ where: async () => rows }) }) }) as unknown as Tx;
const workspaceId = asWorkspaceId('wsp_1');
const action = { id: 'act_1', kind: 'publication_unknown', subjectId: 'pub_1' } as const;
const publication: Row = { id: 'pub_1', version: 3, state: 'unknown' };
const read = async (row: Row) =>
  (await readFingerprints(finding([row]), workspaceId, [action])).get(action.id) ?? '';

test('a fingerprint changes with the version and with the state of a publication', async () => {
  const seen = await read(publication);
  expect(await read({ ...publication })).toBe(seen);
  expect(await read({ ...publication, version: 4 })).not.toBe(seen);
  // Not every change of state raises the version.
  expect(await read({ ...publication, state: 'publishing' })).not.toBe(seen);
});

test('an answer is refused if only the state has changed since it was shown', async () => {
  const seen = await read(publication);
  await expect(assertFingerprint(finding([publication]), workspaceId, action, seen)).resolves.toHaveLength(1);
  const now = { ...publication, state: 'published' };
  await expect(assertFingerprint(finding([now]), workspaceId, action, seen)).rejects.toMatchObject({
    code: 'conflict',
    details: { fingerprint: await read(now) },
  });
});
