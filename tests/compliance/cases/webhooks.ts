import { asc, eq, isNotNull } from 'drizzle-orm';
import { expect } from 'vitest';
import { LARGEST_WEBHOOK } from '@/app/api/webhooks/[platform]/[receiver]/respond';
import { connectionWebhooks, webhookEvents } from '@/db/schema';
import type { WebhookTopic } from '@/server/connectors/kit/webhooks';
import { disconnect } from '@/server/domains/connections/disconnect';
import { setUpWebhooks } from '@/server/domains/connections/set-up-webhooks';
import { applyWebhooks, waitingReceivers } from '@/server/domains/webhooks/apply-webhooks';
import { installFaultHook } from '@/server/foundation/fault-points';
import { resendWebhooks, type Webhook } from '@/server/sandbox/cores/webhooks';
import { webhooks as sent } from '@/server/sandbox/schema';
import { webhookRoute } from '../../support/webhook-route';
import type { Case, Manifest } from '../define';
import type { Subject } from '../subject';

const LEASE_OVER_MS = 6 * 60_000;
const reports = ({ webhooks }: Manifest): boolean => webhooks !== undefined;

const setUp = (p: Subject) => setUpWebhooks({ ctx: p.world.ctx, connectionId: p.connectionId });
const sandbox = (p: Subject) => p.stand.handler.world;
const deliveries = (p: Subject): Promise<Webhook[]> =>
  sandbox(p).db.select().from(sent).where(eq(sent.platform, p.id)).orderBy(asc(sent.id));
const stored = (p: Subject) =>
  p.stand.db.asSystem((tx) => tx.select().from(webhookEvents).where(eq(webhookEvents.provider, p.id)));

/** Makes what a topic is about happen at the platform, and returns the webhooks that it sends about it. */
async function happen(p: Subject, topic: WebhookTopic): Promise<Webhook[]> {
  const scenario = p.contract.webhooks?.[topic];
  if (!scenario) throw new Error(`${p.id}: its contract has no webhook about ${topic}`);
  const before = new Set((await deliveries(p)).map(({ id }) => id));
  await scenario(p.io);
  await p.stand.handler.settle();
  return (await deliveries(p)).filter(({ id }) => !before.has(id));
}

/** Begins anew with a connection about which the platform reports, and nothing stored. */
async function begin(p: Subject): Promise<void> {
  expect(await setUp(p)).toEqual({ state: 'on' });
  await p.stand.db.asSystem((tx) => tx.delete(webhookEvents).where(eq(webhookEvents.provider, p.id)));
}

async function applyAll(p: Subject): Promise<number> {
  let applied = 0;
  const due = await waitingReceivers(p.stand);
  for (const one of due) {
    const report = await applyWebhooks(p.stand.services, one);
    expect(report).toMatchObject({ later: 0, failed: 0 });
    applied += report.applied;
  }
  return applied;
}

const topicOf = (p: Subject): WebhookTopic => {
  const topic = p.manifest.webhooks?.topics[0];
  if (!topic) throw new Error(`${p.id} reports nothing`);
  return topic;
};

export const webhooks: readonly Case[] = [
  {
    name: 'webhooks are set up, also twice, and each topic arrives, is stored and applied',
    applies: reports,
    async run(p) {
      await begin(p);
      expect(await setUp(p)).toEqual({ state: 'on' });
      for (const topic of p.manifest.webhooks?.topics ?? []) {
        const made = await happen(p, topic);
        expect(made.length).toBeGreaterThan(0);
        expect(made.map(({ lastStatus }) => lastStatus)).toEqual(made.map(() => 200));
        expect((await stored(p)).map(({ type }) => type)).toContain(topic);
        expect(await applyAll(p)).toBeGreaterThan(0);
        p.seen.add(`webhook about ${topic}`);
      }
      expect((await stored(p)).filter(({ nextAt, body }) => nextAt !== null || body !== null)).toEqual([]);
      expect((await p.row()).status).toBe('active');
      p.seen.add('webhook: set up');
    },
  },
  {
    name: 'a forged, changed, misdirected or oversized webhook leaves nothing and learns nothing',
    applies: reports,
    async run(p) {
      await begin(p);
      const made = await happen(p, topicOf(p));
      const before = await stored(p);
      const ids = made.map(({ id }) => id);
      const { proof } = p.manifest.webhooks ?? {};
      const [first] = made;
      if (!first) throw new Error(`${p.id} sent no webhook`);
      const post = async (address: string, body = first.body, value = first.proof.value) => {
        const headers = { [first.proof.name]: value };
        const route = webhookRoute(() => p.stand.services);
        const answer = await route(address, { method: 'POST', body, headers });
        return { status: answer.status, text: await answer.text() };
      };
      const nowhere = await post(first.address.replace(/[^/]+$/, 'nobody'));
      expect(nowhere.status).toBe(404);
      expect(await post(first.address.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toEqual(nowhere);
      expect(await post(first.address.replace(`/${p.id}/`, '/nobody/'))).toEqual(nowhere);
      if (proof !== 'address') {
        for (const { status } of await resendWebhooks(sandbox(p), ids, { forged: true }))
          expect(status).toBe(404);
        expect(await post(first.address, first.body, '')).toEqual(nowhere);
      }
      if (proof === 'signed')
        for (const { status } of await resendWebhooks(sandbox(p), ids, { changed: true }))
          expect(status).toBe(404);
      expect((await post(first.address, 'x'.repeat(LARGEST_WEBHOOK + 1))).status).toBe(413);
      expect(await stored(p)).toEqual(before);
      p.seen.add('webhook: forged');
    },
  },
  {
    name: 'webhooks that arrive again, late and in another order change nothing more',
    applies: reports,
    async run(p) {
      await begin(p);
      // The platform gets no answer at first.
      const lost = { platform: p.id, operation: 'webhook', kind: '500_before', count: 100 } as const;
      const fault = await sandbox(p).faults.add(lost);
      const made = [...(await happen(p, topicOf(p))), ...(await happen(p, topicOf(p)))];
      expect(await stored(p)).toEqual([]);
      await sandbox(p).faults.clear(fault);
      const ids = made.map(({ id }) => id);
      const answers = await resendWebhooks(sandbox(p), [...ids].reverse(), { times: 2 });
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const unique = new Set(made.map(({ body }) => body)).size;
      expect(await stored(p)).toHaveLength(unique);
      expect(await applyAll(p)).toBe(unique);
      await resendWebhooks(sandbox(p), ids, { times: 2 });
      expect(await stored(p)).toHaveLength(unique);
      expect(await applyAll(p)).toBe(0);
      expect((await p.row()).status).toBe('active');
      p.seen.add('webhook: repeated').add('webhook: reordered');
    },
  },
  {
    name: 'a webhook is not lost if the process ends before, while or after it is applied',
    applies: reports,
    async run(p) {
      await begin(p);
      await happen(p, topicOf(p));
      for (const point of ['webhooks: taken', 'webhooks: applied']) {
        installFaultHook((name) => {
          if (name === point) throw new Error('the process ended');
        });
        try {
          await expect(applyAll(p)).rejects.toThrow('the process ended');
        } finally {
          installFaultHook(undefined);
        }
        expect(await waitingReceivers(p.stand)).toEqual([]);
        p.stand.clock.advance(LEASE_OVER_MS);
      }
      expect(await applyAll(p)).toBeGreaterThan(0);
      expect((await p.row()).status).toBe('active');
      p.seen.add('webhook: crash');
    },
  },
  {
    name: 'a disconnected account gets no more webhooks',
    applies: reports,
    async run(p) {
      await begin(p);
      await happen(p, topicOf(p));
      const { ctx } = p.world;
      for (const id of [p.connectionId, ...(await p.otherConnections())]) await disconnect(ctx, { id });
      expect(
        await p.stand.db.asWorkspace(ctx.workspaceId, (tx) =>
          tx.select().from(connectionWebhooks).where(isNotNull(connectionWebhooks.connectionId)),
        ),
      ).toEqual([]);
      // What is still on its way concerns nobody.
      await applyAll(p);
      expect((await p.row()).status).toBe('disconnected');
      p.seen.add('webhook: taken down');
    },
  },
];
