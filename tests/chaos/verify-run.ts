import { existsSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { altOf, NEEDS_USER, numberIn } from './plan';
import type { Scheduled } from './world';

/** A post or part on a vendor. */
export interface Effect {
  /** The vendor's id of it; `replyTo` is that of its parent. */
  id: string;
  replyTo: string | null;
  /** Alt texts of its pictures, in order. */
  alts: string[];
  /** When it happened, in the time of the run. */
  at: number;
}
/** All effects of each post and part by number, in the order in which they arrived. */
export type Effects = Map<number, Effect[]>;

/** Reads from the vendors how often each post and part was published: one entry for each time. */
export async function countEffects(store: string, sandbox: string): Promise<Effects> {
  const answer = await fetch(`${sandbox}/control/effects`);
  const { posts } = (await answer.json()) as {
    posts: {
      id: string;
      text: string;
      replyTo: string | null;
      createdAt: string;
      media: { altText: string | null }[];
    }[];
  };
  const own = existsSync(store) ? readFileSync(store, 'utf8').split('\n') : [];
  const all = [
    ...own.flatMap((line) => {
      if (line === '') return [];
      const { runTime, ...effect } = JSON.parse(line) as Omit<Effect, 'at' | 'alts'> & {
        text: string;
        runTime: number;
      };
      return [{ ...effect, alts: [], at: runTime }];
    }),
    ...posts.map(({ createdAt, media, ...post }) => ({
      ...post,
      alts: media.map((m) => m.altText ?? ''),
      at: Date.parse(createdAt),
    })),
  ];
  const effects: Effects = new Map();
  for (const { text, id, replyTo, alts, at } of all.sort((a, b) => a.at - b.at)) {
    const number = numberIn(text);
    if (number !== null) effects.set(number, [...(effects.get(number) ?? []), { id, replyTo, alts, at }]);
  }
  return effects;
}

/** Tolerance, because a vendor's timestamps may be truncated to the second. */
const EARLY_MS = 1_500;

interface Row {
  id: string;
  key: string;
  state: string;
  asked: boolean;
}
export interface ChaosResult {
  /** Number of posts and parts that had to be published. A possible follow-up counts only if it was created. */
  scheduled: number;
  published: number;
  duplicates: number;
  lost: number;
  waiting: number;
  /** Violations of a guarantee, each as one line, with the number and id of the publication. */
  breaches: { number: number; id: string; why: string }[];
}

/** Compares the effects at the vendors with the rows. */
export async function verifyRun(
  db: Db,
  scheduled: readonly Scheduled[],
  effects: Effects,
): Promise<ChaosResult> {
  const rows = await db.asSystem(
    async (tx) =>
      (
        (await tx.execute(sql`
          select p.id, p.request_key as key, p.state, exists (select from actions a where a.kind = 'publication_unknown' and a.subject_id = p.id and a.state = 'open') as asked
          from publications p`)) as unknown as { rows: Row[] }
      ).rows,
  );
  const byId = new Map(rows.flatMap((r) => [[r.id, r] as const, [r.key, r] as const]));
  const byNumber = new Map(scheduled.map((s) => [s.number, s]));
  const result: ChaosResult = {
    scheduled: 0,
    published: 0,
    duplicates: 0,
    lost: 0,
    waiting: 0,
    breaches: [],
  };
  /** Whether a user has to resolve it or one of its ancestors. */
  const waits = (one: Scheduled | undefined): boolean =>
    one !== undefined &&
    (byId.get(one.id)?.state === 'unknown' || (one.follows !== null && waits(byNumber.get(one.follows))));
  for (const one of scheduled) {
    const { number, id, platform, due, follows } = one;
    const row = byId.get(id);
    const published = effects.get(number) ?? [];
    const count = published.length;
    const breach = (why: string) => result.breaches.push({ number, id, why: `${platform}: ${why}` });
    if (one.optional && !row && count === 0) continue;
    if (one.refused) {
      // Its pictures cannot be uploaded, so it must have failed and must not be published.
      if (row?.state !== 'failed')
        breach(`its picture was refused, but its state is ${row?.state ?? 'missing'}`);
      if (count > 0) breach('its picture was refused, but it was published');
      continue;
    }
    result.scheduled++;
    const alts = Array.from({ length: one.pictures }, (_, i) => altOf(number, i + 1));
    for (const effect of published)
      if (effect.alts.join('\n') !== alts.join('\n'))
        breach(`it shows “${effect.alts.join(', ')}” instead of “${alts.join(', ')}”`);
    for (const why of misplaced(one, published, effects)) breach(why);
    const early = due - Math.min(...published.map((e) => e.at));
    if (early > EARLY_MS) breach(`it was published ${Math.round(early / 1000)} s early`);
    if (count > 1) {
      result.duplicates += count - 1;
      breach(`it was published ${count} times`);
    }
    if (row?.state === 'published') {
      result.published++;
      if (count === 0) {
        result.lost++;
        breach('its state is published, but the vendor has no post');
      }
    } else if (row?.state === 'unknown') {
      result.waiting++;
      if (!row.asked) breach('its outcome is unknown, but no user was asked');
      if (!NEEDS_USER.has(platform)) breach('a user was asked although the platform could have resolved it');
    } else if (follows !== null && waits(byNumber.get(follows))) {
      // It continues when a user has resolved its parent.
      result.waiting++;
      if (row) breach(`it is ${row.state} although the outcome of its parent is unknown`);
      if (count > 0) breach('it was published although the outcome of its parent is unknown');
    } else {
      // Counts as lost even if it was published after all, because the app would not know.
      result.lost++;
      breach(`it ended as ${row?.state ?? 'no row at all'}, but the vendor has ${count} of it`);
    }
  }
  result.breaches.push(...outOfOrder(scheduled, byId, effects));
  return result;
}

/** Returns what is wrong with the parent of a post or part, and with the order in which they were published. */
function misplaced({ follows }: Scheduled, published: readonly Effect[], effects: Effects): string[] {
  if (follows === null)
    return published.some((e) => e.replyTo !== null) ? ['it replies to another post'] : [];
  const before = effects.get(follows) ?? [];
  return published.flatMap((effect) => {
    const parent = before.find((e) => e.id === effect.replyTo);
    if (!parent) return [`it replies to ${effect.replyTo ?? 'nothing'} instead of post ${follows}`];
    return parent.at > effect.at ? ['it was published before its parent'] : [];
  });
}

/**
 * Returns what was published ahead of an earlier post of the same account. Posts are ordered by due time, and the parts of a thread
 * directly follow each other. A publication with an unknown outcome, and what depends on it, holds nothing up.
 */
function outOfOrder(
  scheduled: readonly Scheduled[],
  byId: ReadonlyMap<string, Row>,
  effects: Effects,
): ChaosResult['breaches'] {
  const breaches: ChaosResult['breaches'] = [];
  const last = new Map<string, { number: number; at: number }>();
  // They are scheduled in the order of their due times, each directly followed by its parts.
  for (const { number, id, optional, platform, connectionId } of scheduled) {
    // A follow-up is created later and queues behind everything that became due before that.
    if (optional) continue;
    const [first] = effects.get(number) ?? [];
    if (!first || byId.get(id)?.state !== 'published') continue;
    const before = last.get(connectionId);
    if (before && before.at > first.at)
      breaches.push({
        number,
        id,
        why: `${platform}: it was published ${Math.round((before.at - first.at) / 1000)} s before post ${before.number}, which precedes it`,
      });
    if (!before || first.at > before.at) last.set(connectionId, { number, at: first.at });
  }
  return breaches;
}

/** Returns the row and attempts of a publication and its journal entries, for the report of a breach. */
export async function historyOf(db: Db, id: string, number: number, journal: string): Promise<string> {
  const { rows } = (await db.asSystem((tx) =>
    tx.execute(sql`
      select number, kind, started_at::text as at, finished_at::text as ended, outcome, message from publication_attempts
      where publication_id in (select p.id from publications p where p.id = ${id} or p.request_key = ${id}) order by number`),
  )) as unknown as { rows: Record<string, unknown>[] };
  const [row] = (
    (await db.asSystem((tx) =>
      tx.execute(sql`
        select state, (select string_agg(concat_ws(' ', m.state, m.failures, m.problem, m.started_at, m.expires_at), '; ' order by m.position) from publication_media m where m.publication_id = publications.id) as media, version, attempts, due_at::text as due, retry_at::text as retry, claimed_until::text as lease, claim_token as token,
          remote_id, problem, updated_at::text as updated from publications where id = ${id} or request_key = ${id}`),
    )) as unknown as { rows: Record<string, unknown>[] }
  ).rows;
  const entries = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"number":${number},`) || line.includes(id));
  return [JSON.stringify(row), ...rows.map((r) => JSON.stringify(r)), ...entries]
    .map((l) => `    ${l}`)
    .join('\n');
}
