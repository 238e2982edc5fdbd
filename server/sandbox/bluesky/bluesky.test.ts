import { afterAll, beforeAll, expect, it } from 'vitest';
import { samplePng } from '@/server/domains/files/testing';
import { mediaOf } from '../shell/media';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';

let s: TestSandbox;
beforeAll(async () => {
  s = await testSandbox();
});
afterAll(() => s.db.close());

it('two posts show one picture, each with its own description', async () => {
  const XRPC = '/bluesky/bsky.social/xrpc';
  const identifier = 'mira.bsky.social';
  const password = await s.key('bluesky', identifier);
  const json = { identifier, password };
  const { accessJwt: token, did } = await bodyOf(
    await s.call('POST', `${XRPC}/com.atproto.server.createSession`, { json }),
  );
  const upload = async () => {
    const body = new Uint8Array(samplePng(3, 3));
    const headers = { 'content-type': 'image/png' };
    const answer = await s.call('POST', `${XRPC}/com.atproto.repo.uploadBlob`, { token, body, headers });
    return (await bodyOf(answer)).blob;
  };
  const post = async (alt: string) => {
    const record = {
      $type: 'app.bsky.feed.post',
      text: alt,
      createdAt: s.clock.now().toISOString(),
      embed: { $type: 'app.bsky.embed.images', images: [{ image: await upload(), alt }] },
    };
    const made = await s.call('POST', `${XRPC}/com.atproto.repo.createRecord`, {
      token,
      json: { repo: did, collection: 'app.bsky.feed.post', record },
    });
    s.clock.advance(1_000);
    return String((await bodyOf(made)).uri).replace(/.*\//, '');
  };
  const ids = [await post('A square'), await post('The same square')];
  const shown = await mediaOf(s.handler.world, ids);
  expect(ids.map((id) => shown.get(id)?.map(({ altText }) => altText))).toEqual([
    ['A square'],
    ['The same square'],
  ]);
});
