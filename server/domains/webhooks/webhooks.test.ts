import { createHmac } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LARGEST_WEBHOOK } from '@/app/api/webhooks/[platform]/[receiver]/respond';
import {
  alerts,
  connections,
  connectionWebhooks,
  grants,
  publicationResults,
  webhookEvents,
  webhookReceivers,
  workspaces,
} from '@/db/schema';
import { resetLimits } from '@/server/connectors/host/throttle';
import { inEnglish } from '@/server/foundation/facts';
import { installFaultHook } from '@/server/foundation/fault-points';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { resendWebhooks } from '@/server/sandbox/cores/webhooks';
import { webhooks as sent } from '@/server/sandbox/schema';
import { webhookRoute } from '@/tests/support/webhook-route';
import { createWorld, type World } from '@/tests/support/world';
import { callPlatform } from '../connections/call-platform';
import { checkConnection } from '../connections/check-connection';
import { disconnect } from '../connections/disconnect';
import { connectionsToSetUp, setUpWebhooks } from '../connections/set-up-webhooks';
import { signInWithFields } from '../connections/sign-in';
import { type Bench, connectionsBench } from '../connections/test-bench';
import { connectSandbox } from '../connections/testing';
import { dropUnusedReceivers } from '../connections/webhook-receivers';
import { followPublished } from '../results/due';
import { readResults } from '../results/read-results';
import { publishedPost, resultsOf } from '../results/testing';
import { applyWebhooks, waitingReceivers } from './apply-webhooks';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let bench: Bench;
let w: World;
let token: string;

const control = async (action: string, body: object): Promise<Record<string, unknown>> => {
  const answer = await bench.handler(
    new Request(`http://app.test/sandbox/control/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  await bench.handler.settle();
  return (await answer.json()) as Record<string, unknown>;
};
const right = (right: string, channel = 'miradraws') =>
  control('telegram/right', { bot: 'mira_draws_bot', channel, right });
const makeToken = async () =>
  String((await control('key', { platform: 'telegram', account: 'mira_draws_bot' })).key);
const telegram = async (ctx = w.ctx, channel = '@miradraws') => {
  const values = { token, channel };
  const done = await signInWithFields(ctx, { platform: 'telegram', environment: 'sandbox', values });
  const [id = ''] = done.connectionIds;
  return id;
};
const facebook = async (ctx = w.ctx) => {
  const { connectionIds } = await connectSandbox(bench.handler, ctx, 'facebook', 'mira.okafor', [
    '104857291638475',
  ]);
  return connectionIds[0] ?? '';
};
const setUp = (connectionId: string, ctx = w.ctx) => setUpWebhooks({ ctx, connectionId });
/** Sets up everything that is due, as the sweep does. */
async function setUpAll(): Promise<number> {
  const due = await connectionsToSetUp({ db: bench.db, clock: w.clock });
  for (const { workspaceId, connectionId } of due)
    await setUpWebhooks({ ctx: { ...w.ctx, workspaceId }, connectionId });
  return due.length;
}
async function applyAll() {
  const total = { applied: 0, later: 0, failed: 0 };
  for (const at of await waitingReceivers({ db: bench.db, clock: w.clock })) {
    const report = await applyWebhooks(w.services, at);
    for (const key of ['applied', 'later', 'failed'] as const) total[key] += report[key];
  }
  return total;
}
const status = async (id: string) => (await bench.row(id)).status;
const openAlerts = async (id: string) =>
  (await bench.db.asSystem((tx) => tx.select().from(alerts).where(eq(alerts.resolved, false)))).filter(
    ({ key }) => key.includes(id),
  );
const stored = () => bench.db.asSystem((tx) => tx.select().from(webhookEvents));
const receivers = () => bench.db.asSystem((tx) => tx.select().from(webhookReceivers));
const stateOf = async (id: string) =>
  (
    await bench.db.asSystem((tx) =>
      tx.select().from(connectionWebhooks).where(eq(connectionWebhooks.connectionId, id)),
    )
  )[0];
const deliveries = () => bench.handler.world.db.select().from(sent).orderBy(asc(sent.id));
const post = (address: string, body: BodyInit, headers: Record<string, string> = {}) =>
  webhookRoute(() => w.services)(address, { method: 'POST', body, headers });
const botWebhook = async () => {
  const answer = await bench.handler(
    new Request(`http://app.test/sandbox/telegram/bot${token}/getWebhookInfo`),
  );
  return ((await answer.json()) as { result: { url: string } }).result.url;
};

beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
});
afterAll(() => bench.close());
beforeEach(async () => {
  await control('reset', {});
  await bench.db.asSystem(async (tx) => {
    await tx.delete(webhookEvents);
    await tx.delete(webhookReceivers);
    await tx.update(connections).set({ status: 'disconnected', grantId: null });
    await tx.delete(grants);
  });
  resetLimits();
  bench.handler.world.rates.clear();
  bench.world.clock.advance(30 * MINUTE);
  w = await createWorld(bench.db, { plan: 'agency', timeZone: 'UTC', clock: bench.world.clock });
  token = await makeToken();
});
afterEach(() => installFaultHook(undefined));

describe('setting up', () => {
  it('happens once after connecting, again after a day, and anew after connecting again', async () => {
    const id = await telegram();
    expect(w.events.sent.map(({ name }) => name)).toContain('connections/webhooks.requested');
    expect(await setUpAll()).toBe(1);
    expect(await stateOf(id)).toMatchObject({ state: 'on', tries: 0 });
    expect(await botWebhook()).toMatch(/^http:\/\/\S+\/api\/webhooks\/telegram\/whr_\w+$/);
    expect(await setUpAll()).toBe(0);
    w.clock.advance(25 * HOUR);
    expect(await setUpAll()).toBe(1);
    await telegram();
    expect(await setUpAll()).toBe(1);
    expect(await receivers()).toHaveLength(1);
  });

  it('is tried again later if the platform fails, and less and less often', async () => {
    const id = await telegram();
    for (const minutes of [5, 10, 20]) {
      await control('faults', {
        platform: 'telegram',
        operation: 'setWebhook',
        kind: '500_before',
        count: 1,
      });
      expect(await setUpAll()).toBe(1);
      const row = await stateOf(id);
      expect(row).toMatchObject({ state: 'off' });
      expect(row?.nextAt.getTime()).toBe(w.clock.now().getTime() + minutes * MINUTE);
      w.clock.advance(minutes * MINUTE);
    }
    await setUpAll();
    expect(await stateOf(id)).toMatchObject({ state: 'on', tries: 0, problem: null });
  });

  it('leaves the address of other software, also at the end', async () => {
    const elsewhere = 'https://elsewhere.example/hook';
    const set = (url: string) =>
      bench.handler(new Request(`http://app.test/sandbox/telegram/bot${token}/setWebhook?url=${url}`));
    await set(elsewhere);
    const id = await telegram();
    expect(await setUp(id)).toMatchObject({
      state: 'off',
      problem: { fact: 'connectors.errors.webhookTaken' },
    });
    expect(await botWebhook()).toBe(elsewhere);
    await disconnect(w.ctx, { id });
    expect(await botWebhook()).toBe(elsewhere);
  });

  it('ends with the last channel of a bot, in all workspaces', async () => {
    const other = await createWorld(bench.db, { plan: 'agency', clock: w.clock });
    const [first, second] = [await telegram(), await telegram(w.ctx, 't.me/c/1987654321/1')];
    const theirs = await telegram(other.ctx);
    await setUpAll();
    expect((await bench.row(first)).grantId).toBe((await bench.row(second)).grantId);
    expect(await receivers()).toHaveLength(1);
    const address = await botWebhook();
    await disconnect(w.ctx, { id: first });
    await disconnect(w.ctx, { id: second });
    expect(await botWebhook()).toBe(address);
    await disconnect(other.ctx, { id: theirs });
    expect(await botWebhook()).toBe('');
    expect(await receivers()).toEqual([]);
    expect((await post(address, '{"update_id":1}')).status).toBe(404);
  });

  it('forgets an address whose workspace is gone', async () => {
    await telegram();
    await setUpAll();
    await dropUnusedReceivers(bench);
    expect(await receivers()).toHaveLength(1);
    await bench.db.asSystem((tx) => tx.delete(workspaces).where(eq(workspaces.id, w.workspaceId)));
    await dropUnusedReceivers(bench);
    expect(await receivers()).toEqual([]);
  });

  it('asks for a new sign-in if the permission is missing, and sends nothing', async () => {
    const id = await facebook();
    await bench.db.asSystem((tx) => tx.execute(`update tributary.grants set scopes = '["pages_show_list"]'`));
    const requests = bench.seen.length;
    expect(await setUp(id)).toMatchObject({
      state: 'off',
      problem: { fact: 'connections.updates.reconnect' },
    });
    expect(bench.seen.length).toBe(requests);
  });
});

describe('a bot', () => {
  it('that loses its right is noticed, and works again once it is back', async () => {
    const id = await telegram();
    await setUpAll();
    await right('kicked');
    expect(await status(id)).toBe('active');
    expect(await applyAll()).toEqual({ applied: 1, later: 0, failed: 0 });
    expect(await status(id)).toBe('needs_reconnect');
    expect(await openAlerts(id)).toHaveLength(1);
    await right('post');
    expect(await applyAll()).toEqual({ applied: 1, later: 0, failed: 0 });
    expect(await bench.row(id)).toMatchObject({ status: 'active', problem: null });
    expect(await openAlerts(id)).toEqual([]);
    // What was applied leaves nothing behind but its id.
    expect(await stored()).toMatchObject([
      { outcome: 'done', body: null, nextAt: null },
      { outcome: 'done', body: null, nextAt: null },
    ]);
  });

  it('is checked in the channel that the update is about, in every workspace that has it', async () => {
    const other = await createWorld(bench.db, { plan: 'agency', clock: w.clock });
    const [ours, elsewhere, theirs] = [
      await telegram(),
      await telegram(w.ctx, 't.me/c/1987654321/1'),
      await telegram(other.ctx),
    ];
    await setUpAll();
    await right('look');
    await applyAll();
    expect([await status(ours), await status(elsewhere), await status(theirs)]).toEqual([
      'needs_reconnect',
      'active',
      'needs_reconnect',
    ]);
  });

  it('ends in the state of the channel, in whatever order and however often updates arrive', async () => {
    const id = await telegram();
    await setUpAll();
    await control('faults', { platform: 'telegram', operation: 'webhook', kind: '500_before', count: 3 });
    for (const one of ['kicked', 'post', 'look']) await right(one);
    expect(await stored()).toEqual([]);
    const ids = (await deliveries()).map((one) => one.id);
    const answers = await resendWebhooks(bench.handler.world, [...ids].reverse(), { times: 3 });
    expect(answers.map((one) => one.status)).toEqual(Array(9).fill(200));
    expect(await stored()).toHaveLength(3);
    await applyAll();
    expect(await status(id)).toBe('needs_reconnect');
    await right('post');
    await resendWebhooks(bench.handler.world, ids);
    await applyAll();
    expect(await status(id)).toBe('active');
  });

  it('is looked at once for many updates', async () => {
    await telegram();
    await setUpAll();
    for (const one of ['kicked', 'post', 'look', 'post']) await right(one);
    const before = bench.seen.length;
    expect(await applyAll()).toMatchObject({ applied: 4 });
    expect(bench.seen.slice(before).map(({ operation }) => operation)).toEqual([
      'getMe',
      'getChat',
      'getChatMember',
    ]);
  });

  it('is asked again until Telegram answers, and given up with an alert that ends by itself', async () => {
    const id = await telegram();
    await setUpAll();
    await control('faults', { platform: 'telegram', operation: 'getChat', kind: '500_before' });
    await right('look');
    for (let tries = 1; tries < 10; tries++) {
      expect(await applyAll()).toEqual({ applied: 0, later: 1, failed: 0 });
      expect(await applyAll()).toEqual({ applied: 0, later: 0, failed: 0 });
      w.clock.advance(HOUR);
    }
    expect(await openAlerts(id)).toEqual([]);
    expect(await applyAll()).toEqual({ applied: 0, later: 0, failed: 1 });
    const [alert] = await openAlerts(id);
    expect(alert && inEnglish(alert.title)).toContain('Mira Draws');
    await control('faults/clear', {});
    await right('post');
    expect(await applyAll()).toMatchObject({ applied: 1 });
    expect(await openAlerts(id)).toEqual([]);
  });

  it.each(['webhooks: taken', 'webhooks: applied'])(
    'loses nothing if the process ends at “%s”',
    async (point) => {
      const id = await telegram();
      await setUpAll();
      await right('kicked');
      installFaultHook((name) => {
        if (name === point) throw new Error('the process ended');
      });
      await expect(applyAll()).rejects.toThrow('the process ended');
      installFaultHook(undefined);
      // Another run leaves it alone until the lease is over.
      expect(await waitingReceivers({ db: bench.db, clock: w.clock })).toEqual([]);
      w.clock.advance(6 * MINUTE);
      expect(await applyAll()).toMatchObject({ applied: 1 });
      expect(await status(id)).toBe('needs_reconnect');
      expect(await openAlerts(id)).toHaveLength(1);
    },
  );

  it('reports again what was not confirmed, which changes nothing', async () => {
    await telegram();
    await setUpAll();
    installFaultHook((name) => {
      if (name === 'webhooks: stored') throw new Error('the process ended');
    });
    await right('kicked');
    installFaultHook(undefined);
    expect(await stored()).toHaveLength(1);
    w.clock.advance(MINUTE);
    await bench.handler.sweep();
    expect((await deliveries()).map((one) => one.lastStatus)).toEqual([200]);
    expect(await stored()).toHaveLength(1);
    expect(await applyAll()).toMatchObject({ applied: 1 });
  });
});

describe('what did not come from the platform', () => {
  it('is not found, however it is wrong, and leaves nothing', async () => {
    await telegram();
    await facebook();
    await setUpAll();
    await right('kicked');
    const [real] = await deliveries();
    if (!real) throw new Error('nothing was sent');
    await bench.db.asSystem((tx) => tx.delete(webhookEvents));
    const { address, body, proof } = real;
    const [base] = address.split('/telegram/');
    const proven = { [proof.name]: proof.value };
    const signed = (text: string, secret = sandboxClient('facebook').clientSecret) => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
    });
    const tries = [
      post(address, body),
      post(address, body, { [proof.name]: '' }),
      post(address, body, { [proof.name]: `${proof.value}x` }),
      post(`${address}x`, body, proven),
      post(`${address}.${proof.value}`, body, proven),
      post(`${base}/telegram/whr_00000000000000000000000000`, body, proven),
      post(`${base}/facebook/${address.split('/').at(-1)}`, body, signed(body)),
      post(`${base}/facebook/live`, body, signed(body)),
      post(`${base}/nobody/x`, body, proven),
      post(`${base}/x/x`, body, proven),
      post(`${base}/constructor/x`, body, proven),
    ];
    const answers = await Promise.all(
      tries.map(async (one) => {
        const answer = await one;
        return [answer.status, await answer.text(), answer.headers.get('content-type')];
      }),
    );
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]?.[0]).toBe(404);
    expect(await stored()).toEqual([]);
    expect((await post(address, body, proven)).status).toBe(200);
  });

  it('is refused if it is too large, whatever the address', async () => {
    await telegram();
    await setUpAll();
    const large = 'x'.repeat(LARGEST_WEBHOOK + 1);
    for (const address of [await botWebhook(), 'http://app.test/api/webhooks/nobody/x'])
      expect((await post(address, large)).status).toBe(413);
    expect(await stored()).toEqual([]);
  });

  it('but cannot be read is kept for the operator, and is not sent again', async () => {
    await telegram();
    await setUpAll();
    const [receiver] = await receivers();
    await right('kicked');
    const [{ address, proof } = { address: '', proof: { name: '', value: '' } }] = await deliveries();
    const proven = { [proof.name]: proof.value };
    for (const body of ['nonsense', '{"update_id":"a"}', 'a\u0000b'])
      for (let i = 0; i < 2; i++) expect((await post(address, body, proven)).status).toBe(200);
    const unread = (await stored()).filter(({ outcome }) => outcome === 'unreadable');
    expect(unread).toHaveLength(3);
    expect(unread.every((row) => row.nextAt === null && row.receiver === receiver?.id)).toBe(true);
    // What says nothing that we use is not kept.
    expect((await post(address, '{"update_id":7,"poll":{}}', proven)).status).toBe(200);
    expect(await stored()).toHaveLength(4);
  });

  it('that cannot be read is stored only so often', async () => {
    await telegram();
    await setUpAll();
    await right('kicked');
    const [{ address, proof } = { address: '', proof: { name: '', value: '' } }] = await deliveries();
    const answers: number[] = [];
    for (let i = 0; i < 102; i++)
      answers.push((await post(address, `nonsense ${i}`, { [proof.name]: proof.value })).status);
    expect(answers.filter((status) => status === 200)).toHaveLength(100);
    expect(answers.slice(100)).toEqual([429, 429]);
  });

  it('is stored although many wrong requests came from the same network', async () => {
    await telegram();
    await setUpAll();
    await right('kicked');
    const [{ address, body, proof } = { address: '', body: '', proof: { name: '', value: '' } }] =
      await deliveries();
    let refused = 404;
    for (let i = 0; i < 200 && refused !== 429; i++) refused = (await post(address, body)).status;
    expect(refused).toBe(429);
    expect((await post(address, body, { [proof.name]: proof.value })).status).toBe(200);
  });

  it('is received again after the keys of the installation were replaced', async () => {
    await telegram();
    await setUpAll();
    await bench.db.asSystem((tx) => tx.update(webhookReceivers).set({ secret: 'gone.AAAA.AAAA' }));
    await right('kicked');
    const [lost] = await deliveries();
    expect((await post(lost?.address ?? '', lost?.body ?? '')).status).toBe(404);
    await bench.db.asSystem((tx) => tx.update(connectionWebhooks).set({ nextAt: w.clock.now() }));
    await setUpAll();
    expect((await bench.db.asSystem((tx) => tx.select().from(connectionWebhooks)))[0]?.state).toBe('on');
    await right('post');
    const now = (await deliveries()).at(-1);
    expect(
      (await post(now?.address ?? '', now?.body ?? '', { [now?.proof.name ?? '']: now?.proof.value ?? '' }))
        .status,
    ).toBe(200);
  });

  it('beyond what may wait is put off', async () => {
    await telegram();
    await setUpAll();
    await right('kicked');
    const [{ address, proof } = { address: '', proof: { name: '', value: '' } }] = await deliveries();
    const [row] = await stored();
    await bench.db.asSystem(async (tx) => {
      const many = Array.from({ length: 2_000 }, (_, i) => ({ ...row, id: `telegram:${i}` }));
      await tx.insert(webhookEvents).values(many as (typeof webhookEvents.$inferInsert)[]);
    });
    const body = JSON.stringify({ update_id: 9, my_chat_member: { chat: { id: -1 } } });
    expect((await post(address, body, { [proof.name]: proof.value })).status).toBe(429);
  });
});

describe('a Page', () => {
  const results = (id: string) => resultsOf(bench.db, id);
  /** A post of this app that is followed. */
  async function followed(connectionId: string, remoteId: string): Promise<string> {
    const { id } = await publishedPost(bench.db, w.ctx, connectionId, { platform: 'facebook', remoteId });
    await followPublished({ ...w.services });
    return id;
  }
  const publish = async (connectionId: string, text: string) => {
    const input = { text, idempotencyKey: text };
    const done = await callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input });
    await bench.handler.settle();
    return done.remoteId;
  };

  it('reports a post that was removed there, which is then noticed as without it', async () => {
    const connectionId = await facebook();
    await setUpAll();
    expect(await stateOf(connectionId)).toMatchObject({ state: 'on' });
    const remoteId = await publish(connectionId, 'To be removed');
    await applyAll();
    const id = await followed(connectionId, remoteId);
    const due = new Date(w.clock.now().getTime() + 20 * HOUR);
    await bench.db.asSystem((tx) => tx.update(publicationResults).set({ nextReadAt: due, readAt: null }));
    await control('facebook/happens', { post: remoteId, what: 'removed' });
    expect(await applyAll()).toMatchObject({ applied: 1 });
    expect((await results(id)).nextReadAt).toEqual(w.clock.now());
    expect(w.events.sent.at(-1)).toMatchObject({ name: 'results/read.requested', data: { connectionId } });
    const read = () => readResults({ ctx: w.ctx, input: { connectionId, platform: 'facebook' } });
    await read();
    expect(await results(id)).toMatchObject({ gone: false });
    expect((await results(id)).missingSince).not.toBeNull();
    w.clock.advance(HOUR);
    expect(await read()).toMatchObject({ gone: 1 });
  });

  it('reports reactions, for which results are read at most every two minutes', async () => {
    const connectionId = await facebook();
    await setUpAll();
    const remoteId = await publish(connectionId, 'To be liked');
    await applyAll();
    const id = await followed(connectionId, remoteId);
    const now = w.clock.now().getTime();
    await bench.db.asSystem((tx) =>
      tx.update(publicationResults).set({ nextReadAt: new Date(now + 20 * HOUR), readAt: new Date(now) }),
    );
    for (let i = 0; i < 3; i++) await control('facebook/happens', { post: remoteId, what: 'reaction' });
    await applyAll();
    expect((await results(id)).nextReadAt?.getTime()).toBe(now + 2 * MINUTE);
  });

  it('that is being read just then is asked for again', async () => {
    const connectionId = await facebook();
    await setUpAll();
    const remoteId = await publish(connectionId, 'Being read');
    await applyAll();
    await followed(connectionId, remoteId);
    const busy = { leaseToken: 'reader', nextReadAt: new Date(w.clock.now().getTime() + 5 * MINUTE) };
    await bench.db.asSystem((tx) => tx.update(publicationResults).set(busy));
    await control('facebook/happens', { post: remoteId, what: 'removed' });
    expect(await applyAll()).toEqual({ applied: 0, later: 1, failed: 0 });
    await bench.db.asSystem((tx) => tx.update(publicationResults).set({ leaseToken: null }));
    w.clock.advance(2 * MINUTE);
    expect(await applyAll()).toMatchObject({ applied: 1 });
  });

  it('confirms the address only to whom knows the secret', async () => {
    await facebook();
    await setUpAll();
    const [row] = await deliveries();
    expect(row).toBeUndefined();
    const asked = bench.seen.find(({ operation }) => operation === 'fbSubscribeApp');
    const { callback_url, verify_token } = JSON.parse(String(asked?.body)) as Record<string, string>;
    const ask = (query: Record<string, string>) =>
      webhookRoute(() => w.services)(`${callback_url}?${new URLSearchParams(query)}`);
    const good = { 'hub.mode': 'subscribe', 'hub.challenge': '4711', 'hub.verify_token': verify_token ?? '' };
    expect(await (await ask(good)).text()).toBe('4711');
    for (const bad of [
      { 'hub.verify_token': 'another' },
      { 'hub.mode': 'unsubscribe' },
      { 'hub.challenge': '<script>' },
      { 'hub.challenge': '' },
    ])
      expect((await ask({ ...good, ...bad })).status).toBe(404);
  });

  it('stops reporting once nobody has it connected', async () => {
    const other = await createWorld(bench.db, { plan: 'agency', clock: w.clock });
    const [ours, theirs] = [await facebook(), await facebook(other.ctx)];
    await setUpAll();
    const ended = () => bench.seen.filter(({ operation }) => operation === 'fbUnsubscribePage').length;
    const before = ended();
    await disconnect(w.ctx, { id: ours });
    expect(ended()).toBe(before);
    await disconnect(other.ctx, { id: theirs });
    expect(ended()).toBe(before + 1);
  });
});

it('checking a connection that was refused lets it work again', async () => {
  const id = await telegram();
  await right('kicked');
  expect(await checkConnection(w.ctx, { id })).toMatchObject({ ok: false });
  expect(await status(id)).toBe('needs_reconnect');
  await right('post');
  expect(await checkConnection(w.ctx, { id })).toMatchObject({ ok: true });
  expect(await status(id)).toBe('active');
  expect(await openAlerts(id)).toEqual([]);
});
