import { expect, it } from 'vitest';
import { ok, outcome, type Reply, scripted } from '../host/testing';
import { x } from '.';

const remove = (reply: Reply) => {
  const { io } = scripted(x, [reply]);
  if (!x.functions.remove) throw new Error('not offered');
  return outcome(x.functions.remove(io, { remoteId: '7' }));
};

it('distinguishes X’s report of a missing post from a bare 404', async () => {
  expect(await remove(ok({ data: { deleted: true } }))).toEqual({ removed: true });
  const type = 'https://api.x.com/2/problems/resource-not-found';
  const gone = { title: 'Not Found Error', detail: 'Could not find tweet with id: [7].', type };
  expect(await remove({ status: 404, body: gone })).toEqual({ removed: false });
  const bare = { title: 'Not Found', type: 'about:blank' };
  expect(await remove({ status: 404, body: bare })).toMatchObject({ kind: 'rejected' });
  expect(await remove({ status: 404, body: '<!doctype html><p>proxy' })).toMatchObject({ kind: 'transient' });
});
