import { expect } from 'vitest';
import { renewsItself } from '@/server/connectors/kit/manifest';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { disconnect } from '@/server/domains/connections/disconnect';
import { credentialOf } from '../credentials';
import type { Case } from '../define';
import type { Subject } from '../subject';
import { withOtherCredential } from '../tricks';

const check = (p: Subject) => checkConnection(p.world.ctx, { id: p.connectionId });

/** Lets the platform refuse the current credential as if it had ended. */
async function endCredential(p: Subject): Promise<void> {
  await check(p);
  const last = p.stand.sent.findLast(({ operation }) => operation !== undefined);
  const credential = last && credentialOf(last, p.manifest);
  if (!credential) throw new Error(`${p.id} sends no credential`);
  p.stand.exchanges.length = 0;
  p.renewals = 0;
  p.stand.plan(
    (wire) => wire.operation !== undefined && credentialOf(wire, p.manifest) === credential,
    withOtherCredential(credential),
    100,
  );
}
const renewals = (p: Subject): number =>
  p.renewals + p.stand.exchanges.filter(({ operation }) => operation === 'sign-in refresh_token').length;

export const access: readonly Case[] = [
  {
    name: 'two calls at once with an ended credential renew it once',
    applies: ({ auth }) => renewsItself(auth),
    async run(p) {
      await endCredential(p);
      const answers = await Promise.all([check(p), check(p)]);
      expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
      expect(renewals(p)).toBe(1);
      expect((await p.row()).status).toBe('active');
    },
  },
  {
    name: 'a refused credential that cannot be renewed ends the connection',
    applies: ({ auth }) => auth.kind !== 'none' && !renewsItself(auth),
    async run(p) {
      await endCredential(p);
      expect(await check(p)).toMatchObject({ ok: false });
      expect((await p.row()).status).toBe('needs_reconnect');
    },
  },
  {
    name: 'revoked access marks the connection once, with one alert, until it is connected again',
    applies: ({ auth }) => auth.kind !== 'none',
    async run(p) {
      expect(await p.openAlerts()).toBe(0);
      const { world } = p.stand.handler;
      await world.tokens.revoke(world.db, { platform: p.id }, p.stand.clock.now());
      for (let i = 0; i < 2; i++) {
        expect(await check(p)).toMatchObject({ ok: false });
        expect((await p.row()).status).toBe('needs_reconnect');
        expect(await p.openAlerts()).toBe(1);
      }
      await p.connect();
      expect(await check(p)).toMatchObject({ ok: true });
      expect(await p.openAlerts()).toBe(0);
    },
  },
  {
    name: 'a disconnected account can do nothing any more',
    applies: () => true,
    async run(p) {
      const { ctx } = p.world;
      expect(await disconnect(ctx, { id: p.connectionId })).toMatchObject({ id: p.connectionId });
      expect(await disconnect(ctx, { id: p.connectionId })).toMatchObject({ access: 'ended' });
      expect(await p.row()).toMatchObject({ status: 'disconnected', credentials: null });
      expect(await check(p)).toMatchObject({ ok: false });
      // The last account of a sign-in ends it at the platform.
      for (const id of await p.otherConnections()) await disconnect(ctx, { id });
    },
  },
];
