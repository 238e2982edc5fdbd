import { expect } from 'vitest';
import { signInFields } from '@/server/connectors/kit/manifest';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { chooseAccounts } from '@/server/domains/connections/choose-accounts';
import { completeConnection } from '@/server/domains/connections/complete-connection';
import { openChoice } from '@/server/domains/connections/queries';
import { signInWithFields } from '@/server/domains/connections/sign-in';
import { startConnection } from '@/server/domains/connections/start-connection';
import { connectSandbox, consent } from '@/server/domains/connections/testing';
import { createWorld } from '../../support/world';
import { credentialOf } from '../credentials';
import type { Case } from '../define';
import { wrongValues } from '../samples';
import type { Subject } from '../subject';

const placeOf = async (p: Subject) => {
  const { server } = await p.row();
  return {
    platform: p.id,
    environment: 'sandbox' as const,
    ...(server ? { server: new URL(server).host } : {}),
  };
};

/** Returns the values of the sign-in, the secret among them. */
async function rightValues(p: Subject): Promise<Record<string, string>> {
  const { auth, credential } = p.manifest;
  const [secret] = signInFields(auth).filter(({ kind }) => kind === 'secret');
  if (!secret || p.entered[secret.id] !== undefined) return { ...p.entered };
  await checkConnection(p.world.ctx, { id: p.connectionId });
  const [sent] = p.stand.sent.map((wire) => credentialOf(wire, p.manifest)).filter((one) => one !== null);
  const plain = decodeURIComponent(sent ?? '');
  if (credential !== 'basic') return { ...p.entered, [secret.id]: plain };
  return { ...p.entered, [secret.id]: Buffer.from(plain, 'base64').toString().split(':').slice(1).join(':') };
}

export const connecting: readonly Case[] = [
  {
    name: 'the connection works, and a refused sign-in changes nothing about it',
    applies: ({ auth }) => auth.kind === 'oauth2',
    async run(p) {
      const { url } = await startConnection(p.world.ctx, {
        ...(await placeOf(p)),
        returnTo: '/connections',
      });
      const back = await consent(p.stand.handler, url, p.contract.account, 'refuse');
      expect(back.code).toBeNull();
      const done = await completeConnection({ ctx: p.world.ctx, input: { platform: p.id, ...back } });
      expect(['refused', 'platform_refused']).toContain(done.code);
      expect(done.connectionIds).toEqual([]);
      expect(await checkConnection(p.world.ctx, { id: p.connectionId })).toMatchObject({ ok: true });
      p.seen.add('refused sign-in');
    },
  },
  {
    name: 'values that the platform refuses connect nothing, and missing ones send nothing',
    applies: ({ auth }) => auth.kind === 'fields',
    async run(p) {
      const place = await placeOf(p);
      const fields = signInFields(p.manifest.auth);
      const right = await rightValues(p);
      const sent = p.stand.sent.length;
      await expect(signInWithFields(p.world.ctx, { ...place, values: {} })).rejects.toMatchObject({
        code: 'invalid',
      });
      expect(p.stand.sent.length).toBe(sent);
      const wrong = wrongValues(fields, right);
      expect(wrong).not.toEqual(right);
      const done = await signInWithFields(p.world.ctx, { ...place, values: wrong });
      expect(done.connectionIds).toEqual([]);
      expect(['connected', 'choose']).not.toContain(done.code);
      expect(await checkConnection(p.world.ctx, { id: p.connectionId })).toMatchObject({ ok: true });
      p.seen.add('refused sign-in');
    },
  },
  {
    name: 'several targets of one sign-in are connected together',
    applies: ({ auth }) => auth.kind === 'oauth2',
    async run(p) {
      if (p.contract.connect) return 'the contract signs in by its own way';
      // In a workspace that has none of them yet.
      const { ctx } = await createWorld(p.stand.db, { plan: 'agency', clock: p.stand.clock });
      const done = await connectSandbox(p.stand.handler, ctx, p.id, p.contract.account, null);
      if (done.code !== 'choose') return 'the sign-in gives access to one account';
      const choice = await openChoice(ctx);
      const remoteIds = (choice?.accounts ?? []).slice(0, 2).map(({ remoteId }) => remoteId);
      expect(remoteIds).toHaveLength(2);
      const { connectionIds } = await chooseAccounts(ctx, { id: choice?.id ?? '', remoteIds });
      expect(new Set(connectionIds).size).toBe(2);
      for (const id of connectionIds) expect(await checkConnection(ctx, { id })).toMatchObject({ ok: true });
    },
  },
];
