import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bluesky } from '@/server/connectors/bluesky';
import { runRequest } from '@/server/connectors/host/request';
import { networkTransport } from '@/server/connectors/host/transport';
import type { ConnectorIo, IssuedSecrets } from '@/server/connectors/kit/connector';
import { isConnectorFault, type PublishInput } from '@/server/connectors/kit/types';
import { samplePng } from '@/server/domains/files/testing';

type Step = (name: string, work: () => Promise<void>) => Promise<void>;
const PASSWORD = 'the own password of mira';

/** Lets the connector use the real server of Bluesky (PDS). What only the whole network can do, such as counting likes, is not a part. */
export async function blueskyPeer(folder: string, step: Step): Promise<void> {
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'bluesky-server.mjs'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const base = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout).once('line', resolve);
      server.once('exit', () => reject(new Error('The server did not start')));
    });
    await use(`${base}/xrpc`, step);
  } finally {
    server.stdin.end();
  }
}

async function use(base: string, step: Step): Promise<void> {
  const ask = async (method: string, body: object, token?: string) => {
    const answer = await fetch(`${base}/${method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method}: ${answer.status} ${await answer.clone().text()}`);
    const text = await answer.text();
    return (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const create = (name: string) =>
    ask('com.atproto.server.createAccount', {
      handle: `${name}.test`,
      email: `${name}@example.com`,
      password: PASSWORD,
    });
  const [mira, leo] = [await create('mira'), await create('leo')];
  const { password = '' } = await ask(
    'com.atproto.server.createAppPassword',
    { name: 'Tributary' },
    mira.accessJwt,
  );

  let secrets: IssuedSecrets | null = null;
  let account: ConnectorIo['account'] = { remoteId: '', remote: {}, server: null };
  const ioWith = (given: IssuedSecrets | null): ConnectorIo => ({
    account,
    environment: 'live',
    web: 'https://bsky.app',
    now: () => new Date(),
    request: (spec, schema) =>
      runRequest(
        {
          connector: bluesky,
          base,
          secrets: given,
          headers: {},
          transport: networkTransport,
          now: () => new Date(),
          connectionId: 'peer',
          onLimits: async () => {},
        },
        spec,
        schema,
      ),
  });
  const { hooks, functions } = bluesky;
  const publish = async (input: Omit<PublishInput, 'media'> & { media?: unknown }) =>
    (functions.publish as NonNullable<typeof functions.publish>)(ioWith(secrets), input as PublishInput);
  const lookup = (...keys: string[]) =>
    (functions.lookup as NonNullable<typeof functions.lookup>)(ioWith(secrets), {
      text: '',
      since: new Date(),
      exclude: [],
      keys,
    });
  const remove = async (remoteId: string) => functions.remove?.(ioWith(secrets), { remoteId });
  const recordOf = async (uri: string) => {
    const [, , repo = '', collection = '', rkey = ''] = uri.split('/');
    const query = new URLSearchParams({ repo, collection, rkey });
    const answer = await fetch(`${base}/com.atproto.repo.getRecord?${query}`);
    assert.ok(answer.ok, `There is no record ${uri}`);
    // biome-ignore lint/suspicious/noExplicitAny: answers of a platform are read by their path in assertions
    return (await answer.json()) as { value: any; cid: string };
  };
  const refused = async (work: Promise<unknown> | undefined, kind: string) => {
    const error = await work?.then(
      () => null,
      (e: unknown) => e,
    );
    assert.ok(isConnectorFault(error), `Expected a refusal, but got: ${error}`);
    assert.equal(error.kind, kind);
  };
  const open = (secret: string) => hooks.open?.(ioWith(null), { handle: '@Mira.test', password: secret });

  await step('a wrong password is refused', () => refused(open('abcd-efgh-2345-6777'), 'reauth'));
  await step('the account’s own password is refused', () => refused(open(PASSWORD), 'reauth'));
  await step('connects with an app password', async () => {
    secrets = (await open(password)) ?? null;
    assert.ok(secrets?.accessExpiresAt && secrets.refreshExpiresAt);
    const [found] = await hooks.identify(ioWith(secrets), {});
    assert.deepEqual([found?.remoteId, found?.remote.handle], [mira.did, 'mira.test']);
    account = { remoteId: mira.did ?? '', remote: { handle: 'mira.test' }, server: null };
  });
  let first = '';
  await step('publishes with a link, a mention, a hashtag, a card, a language and a warning', async () => {
    const { remoteId } = await publish({
      text: '👩‍👩‍👧 with @leo.test and @nobody.test #日本語',
      link: 'https://example.com/a/long/path/to/a/page',
      options: { language: 'en', warning: 'nudity' },
      idempotencyKey: 'first',
    });
    first = remoteId;
    const { value } = await recordOf(remoteId);
    const features = value.facets.map((facet: { features: object[] }) => facet.features[0]);
    assert.deepEqual(
      features.map((f: { did?: string; tag?: string; uri?: string }) => f.did ?? f.tag ?? f.uri),
      [leo.did, '日本語', 'https://example.com/a/long/path/to/a/page'],
    );
    assert.equal(value.embed.external.title, 'example.com/a/long/path/to/a/page');
  });
  await step('the same key makes no second post', async () => {
    assert.equal((await publish({ text: 'Another text', idempotencyKey: 'first' })).remoteId, first);
    assert.match((await recordOf(first)).value.text, /leo\.test/);
  });
  await step('a look-up finds a post by its key, and no other', async () => {
    const found = await lookup('other', 'first');
    assert.equal(found.found === 'yes' && found.post.remoteId, first);
    assert.deepEqual(await lookup('other'), { found: 'absent' });
  });
  await step('publishes pictures with descriptions', async () => {
    const bytes = samplePng(4, 3);
    const { remoteId } = await publish({
      text: '',
      media: [
        {
          kind: 'picture',
          name: 'a.png',
          mime: 'image/png',
          bytes: bytes.length,
          width: 4,
          height: 3,
          alt: 'A rectangle',
          open: () => new Blob([new Uint8Array(bytes)]).stream(),
        },
      ],
      idempotencyKey: 'picture',
    });
    const [image] = (await recordOf(remoteId)).value.embed.images;
    assert.deepEqual(
      [image.alt, image.image.size, image.image.mimeType],
      ['A rectangle', bytes.length, 'image/png'],
    );
  });
  await step('publishes a thread', async () => {
    const second = await publish({ text: 'Two', replyTo: first, idempotencyKey: 'second' });
    const third = await publish({ text: 'Three', replyTo: second.remoteId, idempotencyKey: 'third' });
    const { reply } = (await recordOf(third.remoteId)).value;
    assert.deepEqual([reply.root.uri, reply.parent.uri], [first, second.remoteId]);
  });
  await step('reposts once, and takes it back', async () => {
    const repost = { text: '', repostOf: first, idempotencyKey: 'repost' };
    const made = await publish(repost);
    assert.deepEqual(await publish(repost), made);
    assert.deepEqual(await remove(made.remoteId), { removed: true });
  });
  await step('a text that is too long is refused, and 3,000 bytes are accepted', async () => {
    await refused(publish({ text: 'x'.repeat(301), idempotencyKey: 'long' }), 'rejected');
    await publish({ text: '👨‍👩‍👧‍👦'.repeat(120), idempotencyKey: 'families' });
    await refused(publish({ text: '👨‍👩‍👧‍👦'.repeat(121), idempotencyKey: 'more families' }), 'rejected');
  });
  await step('removes a post, and again', async () => {
    assert.deepEqual(await remove(first), { removed: true });
    assert.deepEqual(await remove(first), { removed: false });
    assert.deepEqual(await lookup('first'), { found: 'absent' });
  });
  await step('renews a session, and ends with its app password', async () => {
    const renewed = await hooks.renew?.(ioWith(null), secrets as unknown as IssuedSecrets, null);
    assert.notEqual(renewed?.accessToken, secrets?.accessToken);
    secrets = renewed ?? null;
    await publish({ text: 'With the new one', idempotencyKey: 'renewed' });
    await ask('com.atproto.server.revokeAppPassword', { name: 'Tributary' }, mira.accessJwt);
    await refused(hooks.renew?.(ioWith(null), secrets as unknown as IssuedSecrets, null), 'reauth');
  });
}
