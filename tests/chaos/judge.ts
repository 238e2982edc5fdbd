import { existsSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { NEEDS_PERSON, numberIn } from './plan';
import type { Scheduled } from './world';

/** What the vendors say is there: when each post's number was published, in the run's time, once for each time. */
export async function countEffects(store: string, sandbox: string): Promise<Effects> {
  const answer = await fetch(`${sandbox}/control/effects`);
  const { posts } = (await answer.json()) as { posts: { text: string; createdAt: string }[] };
  const own = existsSync(store) ? readFileSync(store, 'utf8').split('\n') : [];
  const all = [
    ...own.flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { text: string; really: number }])),
    ...posts.map((p) => ({ text: p.text, really: Date.parse(p.createdAt) })),
  ];
  const effects = new Map<number, number[]>();
  for (const { text, really } of all) {
    const number = numberIn(text);
    if (number !== null) effects.set(number, [...(effects.get(number) ?? []), really]);
  }
  return effects;
}

export type Effects = Map<number, number[]>;
/** A vendor's stamp may be cut to the second. */
const EARLY_MS = 1_500;

interface Row {
  id: string;
  state: string;
  asked: boolean;
}
export interface Verdict {
  published: number;
  duplicates: number;
  lost: number;
  waiting: number;
  /** What breaks a promise, each in one line, with the publication's number and id. */
  breaches: { number: number; id: string; why: string }[];
}

/** Compares the vendors' count with the rows. */
export async function judge(db: Db, scheduled: readonly Scheduled[], effects: Effects): Promise<Verdict> {
  const rows = await db.asSystem(
    async (tx) =>
      (
        (await tx.execute(sql`
          select p.id, p.state, exists (select from actions a where a.kind = 'publication_unknown' and a.subject_id = p.id and a.state = 'open') as asked
          from publications p`)) as unknown as { rows: Row[] }
      ).rows,
  );
  const byId = new Map(rows.map((r) => [r.id, r]));
  const verdict: Verdict = { published: 0, duplicates: 0, lost: 0, waiting: 0, breaches: [] };
  for (const { number, id, platform, due } of scheduled) {
    const row = byId.get(id);
    const times = effects.get(number) ?? [];
    const count = times.length;
    const breach = (why: string) => verdict.breaches.push({ number, id, why: `${platform}: ${why}` });
    const early = due - Math.min(...times);
    if (early > EARLY_MS) breach(`it went out ${Math.round(early / 1000)} s before its time`);
    if (count > 1) {
      verdict.duplicates += count - 1;
      breach(`it is there ${count} times`);
    }
    if (row?.state === 'published') {
      verdict.published++;
      if (count === 0) {
        verdict.lost++;
        breach('the row says published, and the vendor has nothing');
      }
    } else if (row?.state === 'unknown') {
      verdict.waiting++;
      if (!row.asked) breach('its end is not known, and nobody was asked');
      if (!NEEDS_PERSON.has(platform)) breach('a person is asked where the platform could have told');
    } else {
      // Also where it is out after all: nobody would know.
      verdict.lost++;
      breach(`it ended as ${row?.state ?? 'no row at all'}, and the vendor has ${count}`);
    }
  }
  return verdict;
}

/** A publication's row and attempts, and what the run's journal says of it, for a breach. */
export async function historyOf(db: Db, id: string, number: number, journal: string): Promise<string> {
  const { rows } = (await db.asSystem((tx) =>
    tx.execute(sql`
      select number, kind, started_at::text as at, finished_at::text as ended, outcome, message from publication_attempts
      where publication_id = ${id} order by number`),
  )) as unknown as { rows: Record<string, unknown>[] };
  const [row] = (
    (await db.asSystem((tx) =>
      tx.execute(sql`
        select state, version, attempts, due_at::text as due, retry_at::text as retry, claimed_until::text as lease, claim_token as token,
          remote_id, problem, updated_at::text as updated from publications where id = ${id}`),
    )) as unknown as { rows: Record<string, unknown>[] }
  ).rows;
  const told = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"number":${number},`) || line.includes(id));
  return [JSON.stringify(row), ...rows.map((r) => JSON.stringify(r)), ...told]
    .map((l) => `    ${l}`)
    .join('\n');
}
