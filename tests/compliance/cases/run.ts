import { eq, inArray, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { postingSettings, publications, variants } from '@/db/schema';
import { claimDue, releaseClaims } from '@/server/domains/due/claim-due';
import { resolveUnknown } from '@/server/domains/publication-recovery/resolve-unknown';
import { lookUpPublication } from '@/server/domains/publisher/look-up-publication';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { recoverStuck } from '@/server/domains/publisher/recover-stuck';
import { setReview, writePost } from '@/server/domains/publisher/testing';
import { newId } from '@/server/foundation/ids';
import { seeded } from '@/server/sandbox/random';
import { type Case, does } from '../define';
import { newWord } from '../samples';
import type { Subject } from '../subject';
import * as tricks from '../tricks';

/** A run with another number takes longer and finds rarer faults. */
const POSTS = Number(process.env.COMPLIANCE_POSTS ?? 30);
const SEED = Number(process.env.COMPLIANCE_SEED ?? 20_260_302);

async function plan(p: Subject): Promise<{ id: string; word: string }[]> {
  const { ctx } = p.world;
  const { db, clock } = p.stand;
  await setReview(db, ctx, 'post_at_once');
  // However long a platform asks to wait, nothing is too late.
  await db.asWorkspace(ctx.workspaceId, (tx) =>
    tx.update(postingSettings).set({ missedPolicy: 'post', missedMinutes: 60 * 24 * 60 }),
  );
  const post = await writePost(ctx, 'A run', [p.id]);
  const due = clock.now();
  const options = await p.options();
  const planned = Array.from({ length: POSTS }, () => ({ id: newId('publication'), word: newWord() }));
  await db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [variant] = await tx.select().from(variants).where(eq(variants.postId, post.id));
    await tx.insert(publications).values(
      planned.map(({ id, word }) => ({
        id,
        workspaceId: ctx.workspaceId,
        postId: post.id,
        variantId: variant?.id ?? '',
        connectionId: p.connectionId,
        text: `${word} ${newWord()}`,
        options,
        dueAt: due,
        localTime: due.toISOString().slice(0, 16),
        timeZone: 'UTC',
        state: 'scheduled' as const,
        marker: id,
        requestKey: id,
        createdBy: 'user:test',
      })),
    );
  });
  return planned;
}

/** Lets a third of the requests that publish fail in some way, and some of those that look up. */
function disturb(p: Subject, effect: string, random: () => number): { struck: number } {
  const { stand } = p;
  const count = { struck: 0 };
  const kinds: tricks.Trick[] = [
    tricks.notReached,
    tricks.lostBefore,
    tricks.lostAfter,
    tricks.unavailableBefore,
    tricks.brokenAfter,
    tricks.truncated,
    tricks.page,
    tricks.slow(stand.clock),
    tricks.refusing((kind) => stand.fault(p.id, kind), '429'),
  ];
  stand.plan(
    ({ operation }) => operation !== undefined,
    async (wire, deliver) => {
      const share = wire.operation === effect ? 0.35 : 0.1;
      if (wire.operation === effect) stand.clock.advance(1_000);
      if (random() >= share) return deliver(wire);
      count.struck++;
      const trick = kinds[Math.floor(random() * kinds.length)] ?? tricks.lostAfter;
      return trick(wire, deliver);
    },
    Number.POSITIVE_INFINITY,
  );
  return count;
}

async function settle(p: Subject, ids: readonly string[]): Promise<void> {
  const { db, clock } = p.stand;
  const { ctx } = p.world;
  const open = sql`state in ('scheduled','queued','publishing')`;
  const left = async () => {
    const rows = await db.asSystem((tx) =>
      tx.select({ n: sql<number>`count(*)::int` }).from(publications).where(open),
    );
    return rows[0]?.n ?? 0;
  };
  for (let round = 0; round < 4 * ids.length && (await left()) > 0; round++) {
    // A fault ends the turn of the account, and what else was claimed waits for the next round.
    const claims = await claimDue({ db, clock, limit: 6 });
    const now = claims.filter(({ dueAt }) => new Date(dueAt) <= clock.now());
    await releaseClaims({ db, clock, claims: claims.filter((one) => !now.includes(one)) });
    for (const input of now) await publishDue({ ctx, input }).catch(() => {});
    const { lookUps } = await recoverStuck({ db, clock });
    for (const input of lookUps) await lookUpPublication({ ctx, input }).catch(() => {});
    p.stand.handler.world.rates.clear();
    clock.advance(60_000);
    const [next] = await db.asSystem((tx) =>
      tx.select({ ms: sql<number>`extract(epoch from max(retry_at)) * 1000` }).from(publications).where(open),
    );
    // A platform may ask to wait until its day ends, and what is due later waits for it.
    if (next?.ms && Number(next.ms) > clock.now().getTime()) clock.set(new Date(Number(next.ms)));
  }
}

export const run: readonly Case[] = [
  {
    name: `of ${POSTS} posts with mixed faults, none is lost or doubled, and all are in order`,
    applies: (m) => does(m, 'publish'),
    async run(p) {
      const { operation } = await p.effect();
      const planned = await plan(p);
      const ids = planned.map(({ id }) => id);
      const { db } = p.stand;
      const { ctx } = p.world;
      const count = disturb(p, operation, seeded(SEED));
      const rowsOf = () =>
        db.asSystem((tx) => tx.select().from(publications).where(inArray(publications.id, ids)));
      // A person answers what no look-up could tell.
      for (let i = 0; i < ids.length; i++) {
        await settle(p, ids);
        const unknown = (await rowsOf()).filter(({ state }) => state === 'unknown');
        if (unknown.length === 0) break;
        for (const { id, version } of unknown) {
          const word = planned.find((one) => one.id === id)?.word ?? '';
          const there = (await p.onPlatform(word)).length > 0;
          await resolveUnknown(ctx, { id, version, answer: there ? 'there' : 'not_there' });
        }
      }
      expect(count.struck).toBeGreaterThan(POSTS / 10);
      const states = (await rowsOf()).map(({ state, problem }) => `${state} ${JSON.stringify(problem)}`);
      expect(states.filter((state) => !state.startsWith('published'))).toEqual([]);
      const there = await p.allPosts();
      const made = planned.map(({ word }) => there.filter(({ text }) => text.includes(word)));
      expect(made.filter((ones) => ones.length !== 1)).toEqual([]);
      const times = made.map(([one]) => one?.at.getTime() ?? Number.NaN);
      // Without look-ups, people decide about some posts when later ones are already published.
      if (p.does('lookup')) expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  },
];
