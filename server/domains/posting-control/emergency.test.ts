import { eq, like } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, emails, workspaces } from '@/db/schema';
import { readMails } from '@/tests/support/mails';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { actingAs, addMember } from '@/tests/support/world';
import { callPlatform } from '../connections/call-platform';
import { notifyOfPendingStops } from './notify-members';
import { pausePosting } from './pause-posting';
import { startPosting } from './start-posting';
import { stopEverything } from './stop-everything';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});
// Stops are found across workspaces, so those of other tests are cleared.
beforeEach(() =>
  db.asSystem((tx) => tx.update(workspaces).set({ heldAt: null, heldFor: null, heldBy: null })),
);

const MINUTE = 60_000;

test('every member is notified once of a stop and of its end; an operator may stop but not start', async () => {
  const operator = await actingAs(here.world, 'operator');
  await addMember(here.world, 'viewer');
  await stopEverything(operator);
  await stopEverything(operator);
  const mails = () => readMails(db, like(emails.key, `emergency-%:${here.world.workspaceId}:%`));
  const received = await mails();
  expect(received).toHaveLength(3);
  expect(received[0]?.body).toContain('Test operator');
  expect(await notifyOfPendingStops({ db, clock: here.world.clock, ctxOf: async () => here.world.ctx })).toBe(
    0,
  );
  await expect(startPosting(operator)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(pausePosting(await actingAs(here.world, 'viewer'))).rejects.toMatchObject({
    code: 'forbidden',
  });
  await startPosting(here.world.ctx);
  expect((await mails()).filter((m) => m.subject.includes('is running again'))).toHaveLength(4);
  const open = await db.asSystem((tx) =>
    tx
      .select({ key: alerts.key, severity: alerts.severity, resolved: alerts.resolved })
      .from(alerts)
      .where(eq(alerts.workspaceId, here.world.workspaceId)),
  );
  expect(open).toContainEqual({ key: 'posting:emergency', severity: 'serious', resolved: true });
  expect(open.filter((a) => !a.resolved)).toMatchObject([{ severity: 'info' }]);
});

test('e-mails that a process did not send because it ended after the stop are sent later', async () => {
  await db.asSystem((tx) =>
    tx
      .update(workspaces)
      .set({ heldAt: here.world.clock.now(), heldBy: `user:${here.world.userId}`, heldFor: 'emergency' })
      .where(eq(workspaces.id, here.world.workspaceId)),
  );
  const notify = () =>
    notifyOfPendingStops({ db, clock: here.world.clock, ctxOf: async () => here.world.ctx });
  expect(await notify()).toBe(0);
  here.world.clock.advance(2 * MINUTE);
  expect(await notify()).toBe(1);
  expect(await notify()).toBe(0);
});

test('a changing call is refused before any request is made; a reading call is not', async () => {
  await stopEverything(here.world.ctx);
  const ask = (capability: 'setPrice' | 'readPrice') =>
    callPlatform({
      ctx: here.world.ctx,
      connectionId: here.connectionId,
      capability,
      input: { remoteId: '1', price: { amount: 1, currency: 'USD' } },
    });
  await expect(ask('setPrice')).rejects.toMatchObject({ kind: 'transient', options: { held: true } });
  // This call gets as far as the missing credentials.
  await expect(ask('readPrice')).rejects.toMatchObject({ kind: 'reauth' });
  await startPosting(here.world.ctx);
  await expect(ask('setPrice')).rejects.toMatchObject({ kind: 'reauth' });
});
