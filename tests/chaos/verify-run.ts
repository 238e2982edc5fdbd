import { existsSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import type { Db } from '@/db/client';
import { failureKey } from '@/server/domains/publications/alert-keys';
import { type Fact, inEnglish } from '@/server/foundation/facts';
import { numberIn, postOf } from './plan';
import type { Scheduled } from './world';

/** A post, a part or a repost on a vendor. */
export interface Effect {
  /** The vendor's id of it; `replyTo` is that of its parent. */
  id: string;
  replyTo: string | null;
  /** Its pictures, in order, by what they contain. */
  pictures: { hash: string; alt: string }[];
  /** When it happened, in the time of the run. */
  at: number;
}
export interface Effects {
  /** All effects of each post and part by number, in the order in which they arrived. */
  byNumber: Map<number, Effect[]>;
  /** When posts were reposted by one of the accounts, by the post's id. */
  reposts: Map<string, number[]>;
}

/** Reads from the vendors' own tables how often each post and part was published: one entry for each time. */
export async function countEffects(store: string, sandbox: pg.Client): Promise<Effects> {
  const { rows: posts } = await sandbox.query<{
    id: string;
    account: string;
    text: string;
    reply_to: string | null;
    at: string;
    pictures: Effect['pictures'];
  }>(`
    select p.id, p.account_id as account, p.text, p.reply_to, (extract(epoch from p.created_at) * 1000)::float8 as at,
      coalesce((
        select jsonb_agg(jsonb_build_object('alt', m.alt_text, 'hash', (
          select md5(string_agg(decode(c.content, 'base64'), ''::bytea order by c.part)) from tributary_sandbox.media_parts c
          where c.media_id = m.id)) order by m.position)
        from tributary_sandbox.media m where m.post_id = p.id and m.platform = p.platform), '[]') as pictures
    from tributary_sandbox.posts p order by p.created_at, length(p.id), p.id`);
  const own = existsSync(store) ? readFileSync(store, 'utf8').split('\n') : [];
  const all: (Effect & { text: string })[] = own.flatMap((line) => {
    if (line === '') return [];
    const { runTime, ...effect } = JSON.parse(line) as Omit<Effect, 'at'> & { text: string; runTime: number };
    return [{ ...effect, at: runTime }];
  });
  // Some platforms make a post of each picture of an album. The text is with the first one.
  const lastOf = new Map<string, Effect>();
  for (const { account, reply_to: replyTo, at, ...post } of posts) {
    const last = lastOf.get(account);
    if (post.text === '' && last) {
      last.pictures.push(...post.pictures);
      continue;
    }
    const effect = { ...post, replyTo, at: Number(at) };
    lastOf.set(account, effect);
    all.push(effect);
  }
  const byNumber: Effects['byNumber'] = new Map();
  for (const { text, ...effect } of all.sort((a, b) => a.at - b.at)) {
    const number = numberIn(text);
    if (number !== null) byNumber.set(number, [...(byNumber.get(number) ?? []), effect]);
  }
  const { rows: reposted } = await sandbox.query<{ id: string; at: number }>(
    'select post_id as id, (extract(epoch from created_at) * 1000)::float8 as at from tributary_sandbox.reposts',
  );
  const reposts: Effects['reposts'] = new Map();
  for (const { id, at } of reposted) reposts.set(id, [...(reposts.get(id) ?? []), Number(at)]);
  return { byNumber, reposts };
}

/** Returns the effects of a publication. That of a repost has no id of its own. */
export function effectsOf({ number, repost, follows }: Scheduled, { byNumber, reposts }: Effects): Effect[] {
  if (!repost) return byNumber.get(number) ?? [];
  const reposted = (follows === null ? [] : (byNumber.get(follows) ?? [])).flatMap(({ id }) =>
    (reposts.get(id) ?? []).map((at) => ({ id, at })),
  );
  return reposted.map(({ id, at }) => ({ id: '', replyTo: id, pictures: [], at }));
}

/** Tolerance, because a vendor's timestamps may be truncated to the second. */
const EARLY_MS = 1_500;

interface Row {
  id: string;
  key: string;
  state: string;
  problem: Fact | null;
  /** Words of the open question about its outcome. */
  asked: Fact | null;
  /** Words of the open alert about its failure. */
  told: Fact | null;
  /** The sign-in had ended when the platform was asked about it. */
  locked: boolean;
}
/** How many posts, parts and follow-ups there were, and how they ended. */
interface Count {
  scheduled: number;
  published: number;
  duplicates: number;
  lost: number;
  waiting: number;
}
export interface ChaosResult extends Count {
  /** The same for each platform. */
  platforms: Record<string, Count>;
  /** Violations of a guarantee, each as one line, with the number and id of the publication. */
  breaches: { number: number; id: string; why: string }[];
}
const NOTHING: Count = { scheduled: 0, published: 0, duplicates: 0, lost: 0, waiting: 0 };

/** What the run knows about publications besides their rows. */
export interface Known {
  /** Platforms on which posts can be looked up. */
  looksUp: ReadonlySet<string>;
  /** Returns those of these publications about which the platform says nothing. */
  unclear(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Posts that a user sent again, or answered a question about. They are no longer in order. */
  retried: ReadonlySet<string>;
}

/** Compares the effects at the vendors with the rows. `scheduled`, `published` and so on count a possible follow-up only if it was created. */
export async function verifyRun(
  db: Db,
  scheduled: readonly Scheduled[],
  effects: Effects,
  known: Known,
): Promise<ChaosResult> {
  const rows = await db.asSystem(
    async (tx) =>
      (
        (await tx.execute(sql`
          select p.id, p.request_key as key, p.state, p.problem,
            (select a.prompt from actions a where a.kind = 'publication_unknown' and a.subject_id = p.id and a.state = 'open') as asked,
            (select l.body from alerts l where l.key = replace(${failureKey('*')}, '*', p.id) and not l.resolved) as told,
            exists (select from publication_attempts t where t.publication_id = p.id and t.kind = 'lookup' and t.outcome = 'reauth') as locked
          from publications p`)) as unknown as { rows: Row[] }
      ).rows,
  );
  const byId = new Map(rows.flatMap((r) => [[r.id, r] as const, [r.key, r] as const]));
  const byNumber = new Map(scheduled.map((s) => [s.number, s]));
  const platforms: ChaosResult['platforms'] = {};
  const breaches: ChaosResult['breaches'] = [];
  const says = (words: Fact | null): boolean => words !== null && inEnglish(words).trim() !== '';
  /** Those that only a user can resolve, on platforms that can be asked. */
  const asked = scheduled.flatMap(({ id, platform }) => {
    const row = byId.get(id);
    return row?.state === 'unknown' && !row.locked && known.looksUp.has(platform) ? [row.id] : [];
  });
  const unclear = asked.length > 0 ? await known.unclear(asked) : new Set<string>();
  /** Whether a user has to resolve it or one of its ancestors. */
  const waits = (one: Scheduled | undefined): boolean =>
    one !== undefined &&
    (byId.get(one.id)?.state === 'unknown' || (one.follows !== null && waits(byNumber.get(one.follows))));
  for (const one of scheduled) {
    const { number, id, platform, due, follows } = one;
    platforms[platform] ??= { ...NOTHING };
    const result = platforms[platform];
    const row = byId.get(id);
    const published = effectsOf(one, effects);
    const count = published.length;
    const breach = (why: string) => breaches.push({ number, id, why: `${platform}: ${why}` });
    const checkQuestion = () => {
      if (!says(row?.asked ?? null)) breach('its outcome is unknown, but no user was asked');
      if (known.looksUp.has(platform) && row && !row.locked && !unclear.has(row.id))
        breach('a user was asked although the platform could have resolved it');
    };
    if (one.optional && !row && count === 0) continue;
    if (one.refused) {
      // The platform never takes it, so it must have failed with a reason, and must not be published.
      if (count > 0) breach(`the platform should refuse its ${one.refused}, but it was published`);
      if (row?.state === 'unknown') checkQuestion();
      else if (row?.state !== 'failed')
        breach(`the platform refused its ${one.refused}, but its state is ${row?.state ?? 'missing'}`);
      else if (!says(row.problem) || !says(row.told)) breach('it failed, but no user was told why');
      continue;
    }
    result.scheduled++;
    const wanted = one.pictures.map(({ hash, alt }) => `${hash} ${alt ?? ''}`).join('\n');
    for (const { pictures } of published) {
      const shown = pictures.map(({ hash, alt }, i) => `${hash} ${one.pictures[i]?.alt === null ? '' : alt}`);
      if (shown.join('\n') !== wanted)
        breach(`it shows the pictures “${shown.join(', ')}” instead of “${wanted}”`);
    }
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
      checkQuestion();
    } else if (follows !== null && waits(byNumber.get(follows))) {
      // It continues when a user has resolved its parent.
      result.waiting++;
      if (row) breach(`it is ${row.state} although the outcome of its parent is unknown`);
      if (count > 0) breach('it was published although the outcome of its parent is unknown');
    } else {
      // Counts as lost even if it was published after all, because the app would not know.
      result.lost++;
      breach(
        `it ended as ${row?.state ?? 'no row at all'} (${row?.problem ? inEnglish(row.problem) : 'no reason'}), but the vendor has ${count} of it`,
      );
    }
  }
  breaches.push(...outOfOrder(scheduled, byId, effects, known));
  const sum = (key: keyof Count) => Object.values(platforms).reduce((total, one) => total + one[key], 0);
  return {
    scheduled: sum('scheduled'),
    published: sum('published'),
    duplicates: sum('duplicates'),
    lost: sum('lost'),
    waiting: sum('waiting'),
    platforms,
    breaches,
  };
}

/** Returns what is wrong with the parent of a post or part, and with the order in which they were published. */
function misplaced({ follows }: Scheduled, published: readonly Effect[], effects: Effects): string[] {
  if (follows === null)
    return published.some((e) => e.replyTo !== null) ? ['it replies to another post'] : [];
  const before = effects.byNumber.get(follows) ?? [];
  return published.flatMap((effect) => {
    const parent = before.find((e) => e.id === effect.replyTo);
    if (!parent) return [`it replies to ${effect.replyTo ?? 'nothing'} instead of post ${follows}`];
    return parent.at > effect.at ? ['it was published before its parent'] : [];
  });
}

/**
 * Returns what was published ahead of an earlier post of the same account. Posts are ordered by due time, and the parts of a thread
 * directly follow each other. A publication with an unknown outcome, and what depends on it, holds nothing up, nor does one that failed
 * and that a user sent again.
 */
function outOfOrder(
  scheduled: readonly Scheduled[],
  byId: ReadonlyMap<string, Row>,
  effects: Effects,
  { retried }: Known,
): ChaosResult['breaches'] {
  const breaches: ChaosResult['breaches'] = [];
  const last = new Map<string, { number: number; at: number }>();
  // They are scheduled in the order of their due times, each directly followed by its parts.
  for (const { number, id, optional, platform, connectionId } of scheduled) {
    // A follow-up is created later and queues behind everything that became due before that.
    if (optional || retried.has(postOf(id))) continue;
    const [first] = effects.byNumber.get(number) ?? [];
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

/** A worker stores a renewed sign-in within this time, on an idle machine. */
const RENEWAL_MS = 5_000;

/**
 * Returns how many renewals of sign-ins a run interrupted by killing the worker or taking the database away. The platform may then have
 * replaced a token, and no process has the new one.
 */
export function interruptedRenewals(journal: readonly Record<string, unknown>[], slow: number): number {
  const breaks = journal.filter(({ died, away }) => died || away);
  return journal.filter(
    ({ renewing, worker, t }) =>
      renewing &&
      breaks.some(
        (end) =>
          (end.away || end.worker === worker) &&
          Number(end.t) >= Number(t) &&
          Number(end.t) - Number(t) < RENEWAL_MS * slow,
      ),
  ).length;
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
