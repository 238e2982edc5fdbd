import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { Media, Part } from '@/db/schema';
import { PUBLICATION_LISTS } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { json, ms, rowsOf } from '@/db/statements';
import { textRules } from '@/server/connectors/text-rules';
import { HOUR_MS } from '@/server/foundation/durations';
import { type Fact, fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import { textWork } from '@/server/foundation/text-work';
import { hasVisibleText } from '@/server/foundation/visible-text';
import type { PostToCheck } from './check-schedule-limits';
import type { ScheduleWarning } from './check-schedule-schemas';
import { gapOf, instantWithDay, selectableTime, timeNear } from './check-schedule-words';
import { type Fingerprint, fingerprint, isRepeat, LONGEST, workOf } from './similarity';

/** Number of days after which the same text on the same account no longer counts as a repeat. */
export const REPEAT_DAYS = 30;
/** Maximum number of publications compared per account before and (`AFTER`) after the time. */
const BEFORE = 200;
const AFTER = 100;

/** A planned or published publication near the time. */
export interface Neighbour {
  lane: string;
  postId: string;
  title: string;
  state: string;
  text: string;
  link: string | null;
  /** Its further parts, because a repeat in a thread also counts. */
  parts: Part[];
  media: Pick<Media, 'fileId' | 'kind'>[];
  at: number;
}

/** Returns what each account sent or plans within `REPEAT_DAYS` of the time, nearest first. Runs in the workspace's transaction. */
export async function readNeighbours(
  tx: Tx,
  workspaceId: WorkspaceId,
  asked: readonly PostToCheck[],
  excludedIds: readonly string[],
): Promise<Neighbour[]> {
  const lanes = asked.map((a) => ({ lane: a.connectionId, due: a.dueAt.toISOString() }));
  const days = sql.raw(`interval '${REPEAT_DAYS} days'`);
  const planned = sql`p.state in ${listed(PUBLICATION_LISTS.lane)}`;
  const past = sql`p.state in ${listed(PUBLICATION_LISTS.history)}`;
  const went = sql.raw('coalesce(p.published_at, p.due_at)');
  const due = sql.raw('p.due_at');
  const part = (states: SQL, time: SQL, before: boolean) => sql`
    (select p.post_id, p.state, p.text, p.link, p.parts, p.media, ${time} as at from publications p
      where p.workspace_id = ${workspaceId} and p.connection_id = w.lane and p.kind = 'post' and ${states}
        and ${before ? sql`${time} <= w.due and ${time} > w.due - ${days}` : sql`${time} > w.due and ${time} < w.due + ${days}`}
        and p.id not in (select id from moving)
      order by ${time} ${before ? sql`desc` : sql`asc`} limit ${before ? BEFORE : AFTER})`;
  return rowsOf<Neighbour>(
    tx,
    sql`
      with w as (select * from jsonb_to_recordset(${json(lanes)}) as w(lane text, due timestamptz)),
        moving as (select jsonb_array_elements_text(${json(excludedIds)}) as id)
      select w.lane, n.post_id as "postId", t.title, n.state, n.text, n.link, n.parts, n.media, ${ms(sql`n.at`)} as at
      from w cross join lateral (
        ${part(planned, due, true)} union all ${part(planned, due, false)}
        union all ${part(past, went, true)} union all ${part(past, went, false)}
      ) n join posts t on t.id = n.post_id
      order by abs(extract(epoch from n.at - w.due)), n.post_id`,
  );
}

const wentOut = (n: Neighbour) => n.state === 'published' || n.state === 'unknown';
const pageOf = (n: Neighbour) => ({ label: fact('preflight.actions.seeOther'), href: `/posts/${n.postId}` });

/** A text to compare, with its media. Parts have no media of their own. */
interface Shown {
  print: Fingerprint;
  media: readonly Pick<Media, 'fileId' | 'kind'>[];
}
type Asking = PostToCheck & {
  text: string | null;
  link: string | null;
  parts?: readonly Part[];
  media?: readonly Pick<Media, 'fileId' | 'kind'>[];
};

/**
 * Warns about the same text or picture on the same account within `REPEAT_DAYS`. Changes nothing. If the request's limit of work on texts
 * is used up, the posts that are further away are not compared.
 */
export async function repeatWarnings(
  asked: readonly Asking[],
  neighbours: readonly Neighbour[],
  zone: string,
): Promise<ScheduleWarning[]> {
  const work = textWork();
  // The same text often went to many accounts, so its fingerprint is computed once.
  const known = new Map<string, Fingerprint>();
  const print = async (platform: string, text: string, link: string | null) => {
    const key = `${platform}\n${link ?? ''}\n${text}`;
    const before = known.get(key);
    if (before) return before;
    if (!(await work.take(Math.min(text.length, LONGEST)))) return null;
    const made = fingerprint(text, link, textRules(platform));
    known.set(key, made);
    return made;
  };
  /** Returns the post and its parts, or null if the limit is used up. Empty parts are omitted, because they resemble nothing. */
  const shownOf = async (
    platform: string,
    { text, link, media, parts }: Pick<Neighbour, 'text' | 'link' | 'media' | 'parts'>,
  ): Promise<Shown[] | null> => {
    const shown: Shown[] = [];
    const texts = [
      { text, link, media },
      ...parts
        .filter((p) => hasVisibleText(p.text) || p.link)
        .map((p) => ({ text: p.text, link: p.link ?? null, media: [] })),
    ];
    for (const one of texts) {
      const made = await print(platform, one.text, one.link);
      if (!made) return null;
      shown.push({ print: made, media: one.media });
    }
    return shown;
  };
  const firstRepeat = async (one: Asking): Promise<ScheduleWarning | null> => {
    const { text, link, parts = [], media = [] } = one;
    if (text === null || (!hasVisibleText(text) && !link && media.length === 0)) return null;
    const own = await shownOf(one.platform, { text, link, media: [...media], parts: [...parts] });
    if (!own) return null;
    for (const n of neighbours) {
      if (n.lane !== one.connectionId) continue;
      const others = await shownOf(one.platform, n);
      if (!others) return null;
      const pairs = own.flatMap((a) => others.map((b) => [a, b] as const));
      if (!(await work.take(pairs.reduce((sum, [a, b]) => sum + workOf(a.print, b.print), 0)))) return null;
      const [match] = pairs.flatMap(([a, b]) => sameIn(a, b) ?? []).sort((a, b) => a.rank - b.rank);
      if (!match) continue;
      return {
        ...place(one),
        code: 'repeated_text' as const,
        message: fact('preflight.problems.repeated', {
          what: match.what,
          when: wentOut(n) ? 'past' : 'future',
          account: one.connectionName,
          time: instantWithDay(new Date(n.at), zone),
          title: n.title,
        }),
        better: null,
        fix: pageOf(n),
      };
    }
    return null;
  };
  const warnings: ScheduleWarning[] = [];
  for (const one of asked) {
    const repeat = await firstRepeat(one);
    if (repeat) warnings.push(repeat);
  }
  return warnings;
}

/**
 * Returns what two posts have in common, with a lower rank for more of it; null if they are different posts. A text that is only similar is
 * a different post if the pictures differ.
 */
function sameIn(a: Shown, b: Shown): { rank: number; what: Fact } | null {
  const exact = a.print.normalized !== '' && a.print.normalized === b.print.normalized;
  const [first] = a.media;
  const [other] = b.media;
  if (first && first.fileId === other?.fileId) {
    const { kind } = first;
    if (exact) return { rank: 0, what: fact('preflight.notes.sameTextAndMedia', { kind }) };
    return isRepeat(a.print, b.print)
      ? { rank: 1, what: fact('preflight.notes.sameMediaLikeText', { kind }) }
      : { rank: 3, what: fact('preflight.notes.sameMedia', { kind }) };
  }
  if (!first && !other) {
    if (exact) return { rank: 0, what: fact('preflight.notes.sameText') };
    return isRepeat(a.print, b.print) ? { rank: 4, what: fact('preflight.notes.likeText') } : null;
  }
  if (!exact) return null;
  const what = !other
    ? fact('preflight.notes.sameTextWithoutPictures')
    : first
      ? fact('preflight.notes.sameTextOtherPictures')
      : fact('preflight.notes.sameTextWithPictures');
  return { rank: 2, what };
}

/** Warns about other posts of the account within an hour of this one. Pure. */
export function hourWarnings(
  asked: readonly PostToCheck[],
  neighbours: readonly Neighbour[],
  zone: string,
): ScheduleWarning[] {
  return asked.flatMap((one) => {
    const due = one.dueAt.getTime();
    const own = neighbours.filter((n) => n.lane === one.connectionId);
    const close = own.filter((n) => Math.abs(n.at - due) < HOUR_MS);
    const [nearest] = close;
    if (!nearest) return [];
    const at = new Date(nearest.at);
    const other = {
      title: nearest.title,
      account: one.connectionName,
      time: timeNear(at, one.dueAt, zone),
    };
    return [
      {
        ...place(one),
        code: 'crowded_hour' as const,
        message:
          close.length === 1
            ? fact('preflight.problems.crowdedByOne', {
                ...other,
                ...gapOf(at, one.dueAt),
                when: wentOut(nearest) ? 'past' : 'future',
              })
            : fact('preflight.problems.crowded', { ...other, count: close.length + 1 }),
        better: freeHour(own, due, zone),
        fix: pageOf(nearest),
      },
    ];
  });
}

const place = ({ connectionId, platform, connectionName }: PostToCheck) => ({
  connectionId,
  platform,
  connectionName,
  refused: false,
});

/** Returns the first time from `due` on with a free hour on both sides, according to the known neighbours. */
function freeHour(own: readonly Neighbour[], due: number, zone: string): ScheduleWarning['better'] {
  const times = own.map((n) => n.at).sort((a, b) => a - b);
  let from = due;
  for (const at of times) if (Math.abs(at - from) < HOUR_MS) from = at + HOUR_MS;
  const after = times.filter((at) => at > due);
  if (after.length >= AFTER && from > (after.at(-1) ?? 0)) return null;
  return selectableTime(from, zone);
}
