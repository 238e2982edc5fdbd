import { type SQL, sql } from 'drizzle-orm';
import {
  clearLease,
  extendsTo,
  isFree,
  isHeld,
  isOurs,
  type LeaseKind,
  leaseEnd,
  leasesOf,
  newLeaseToken,
  setLease,
} from '@/db/leases';
import type { Media } from '@/db/schema';
import { MEDIA_LISTS, PUBLICATION_LISTS, publicationMedia } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, json, ms, rowsOf } from '@/db/statements';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { latestStored } from '@/server/foundation/clock';
import { isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import type { OwnLimits } from '@/server/foundation/own-limits';
import type { Ctx } from '@/server/verbs/context';
import { type Platforms, platformName } from '@/server/verbs/platforms';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { withTimeLimit } from '../connections/with-time-limit';
import { fileToSend } from '../files/file-to-send';
import { readStoredPart } from '../files/store';
import { mediaKey } from '../publications/media-key';
import { CALL_LIMIT_MS } from '../publications/policy';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { type Answer, type Change, changeFor } from './change-for';
import {
  EXPIRY_MARGIN_MS,
  FRESH_MS,
  LONGEST_LIMIT_MS,
  POSTPONING_MS,
  UNATTENDED_MS,
  UPLOAD_BUDGET_MS,
  UPLOAD_LEASE_MS,
  UPLOAD_PATIENCE_MS,
} from './policy';

/**
 * `waitMs`: time until there is more to do. Null: everything is ready, the upload cannot continue automatically, or another run is
 * uploading.
 */
export interface UploadReport {
  waitMs: number | null;
}

interface Taken {
  /** When the lease of this run ends unless it is renewed. */
  until: Date;
  position: number;
  connection_id: string;
  platform: string;
  limits: OwnLimits | null;
  post_id: string;
  title: string;
  due: number;
  media: Media;
  progress: unknown;
  bytes_sent: number;
  percent: number | null;
  failures: number;
  restarts: number;
}

/**
 * Uploads the media of a publication to its platform, one item after the other, for a few seconds per call. Each step is one request whose
 * result is recorded before the next, so a process that ends at any point leaves a row from which the next one continues. Repeating an
 * upload has no public effect, so an unknown outcome does no harm.
 */
export async function uploadMedia({
  ctx,
  input: { publicationId },
}: {
  ctx: Ctx;
  input: { publicationId: string };
}): Promise<UploadReport> {
  const token = newLeaseToken();
  const began = ctx.clock.now().getTime();
  for (;;) {
    faultPoint('media: before');
    const one = await take(ctx, publicationId, token);
    faultPoint('media: taken');
    if (!one) return settle(ctx, publicationId);
    const { until } = one;
    const lease = leasesOf(ctx.db).hold(UPLOAD_LEASE, { id: publicationId, token, until, clock: ctx.clock });
    let last: boolean;
    let wait: number | 'over';
    try {
      const stepped = await step(ctx, one, ctx.platforms);
      faultPoint('media: answer came');
      // The next call, which has a lease of its own, does the rest.
      last = ctx.clock.now().getTime() - began > UPLOAD_BUDGET_MS;
      wait = await write(
        ctx,
        publicationId,
        token,
        one,
        stepped,
        platformName(ctx.platforms, one.platform),
        last,
      );
    } finally {
      lease.end();
    }
    faultPoint('media: written');
    if (wait === 'over') return { waitMs: null };
    if (wait > 0) return { waitMs: wait };
    if (last) return { waitMs: 0 };
  }
}

/** Media that expires too soon for a post to use it. Uploading it again counts as the same upload, because a post does not wait forever. */
export const expiresSoon = sql`m.expires_at < m.updated_at + ${`${UPLOAD_PATIENCE_MS} milliseconds`}::interval`;

/** When the upload was last attended to, or will be. */
const LAST_AT = sql.raw('greatest(m.updated_at, m.check_at, m.lease_until)');
/** Whether the upload was unattended for so long that its platform is not the cause. */
export const isStalled = (now: Date): SQL => sql`${LAST_AT} < ${at(new Date(now.getTime() - UNATTENDED_MS))}`;

const OPEN = listed(MEDIA_LISTS.open);
/** Returns the latest time for which a check may be planned. */
export const latestCheck = (now: Date): Date => latestStored(now, LONGEST_LIMIT_MS);

/** The lease of the run that uploads a publication's pictures. */
export const UPLOAD_LEASE: LeaseKind = {
  name: 'upload',
  id: publicationMedia.publicationId,
  token: publicationMedia.leaseToken,
  until: publicationMedia.leaseUntil,
  ms: UPLOAD_LEASE_MS,
  when: sql`t.state in ${OPEN}`,
};

/** Leases the first item that is not ready to this run. Returns null if none may be worked on now. */
async function take(ctx: Ctx, publicationId: string, token: string): Promise<Taken | null> {
  const now = ctx.clock.now();
  const until = leaseEnd(now, UPLOAD_LEASE_MS);
  const soon = new Date(now.getTime() + EXPIRY_MARGIN_MS);
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    // Every transaction locks a publication before its media, to avoid deadlocks.
    await tx.execute(
      sql`select from publications where id = ${publicationId} and workspace_id = ${ctx.workspaceId} for no key update`,
    );
    // Media that the platform is about to forget starts over, and the post does not start with media that is being replaced.
    await tx.execute(sql`
      with stale as (
        update publication_media m set state = 'waiting', progress = null, bytes_sent = 0, percent = null, remote_id = null,
          expires_at = null, check_at = null, failures = 0, restarts = 0, updated_at = ${at(now)},
          started_at = case when ${expiresSoon} and p.due_at <= ${at(now)} then m.started_at end
        from publications p
        where m.publication_id = ${publicationId} and m.workspace_id = ${ctx.workspaceId} and p.id = m.publication_id
          and p.state in ${listed(PUBLICATION_LISTS.unsent)} and m.state = 'ready' and m.expires_at < greatest(p.due_at, ${at(soon)})
          and m.updated_at < ${at(new Date(now.getTime() - FRESH_MS))}
        returning m.publication_id
      )
      update publications set media_until = 'epoch' where id in (select publication_id from stale)`);
    return rowsOf<Omit<Taken, 'until'>>(
      tx,
      sql`
        with next as (
          select m.publication_id, m.position, m.check_at, m.lease_until, m.lease_token from publication_media m
          join publications p on p.id = m.publication_id and p.workspace_id = m.workspace_id
          where m.publication_id = ${publicationId} and m.workspace_id = ${ctx.workspaceId}
            and p.state in ${listed(PUBLICATION_LISTS.unsent)} and m.state in ${OPEN}
          order by m.position limit 1 for update of m
        ), taken as (
          update publication_media m set ${setLease(UPLOAD_LEASE, { token, until })},
            started_at = coalesce(m.started_at + case when ${isStalled(now)} then ${at(now)} - ${LAST_AT} else interval '0' end, ${at(now)}),
            state = case m.state when 'waiting' then 'uploading' else m.state end
          from next
          where m.publication_id = next.publication_id and m.position = next.position
            and (next.check_at is null or next.check_at <= ${at(now)} or next.check_at > ${at(latestCheck(now))})
            and (${isFree(UPLOAD_LEASE, now, { alias: 'next' })} or ${isOurs(UPLOAD_LEASE, token, 'next')})
          returning m.*
        )
        select t.position, t.progress, t.bytes_sent, t.percent, t.failures, t.restarts, p.connection_id, c.platform, c.limits, p.post_id, o.title,
          ${ms(sql`p.due_at`)} as due, p.media -> t.position as media
        from taken t join publications p on p.id = t.publication_id join connections c on c.id = p.connection_id
          join posts o on o.id = p.post_id`,
    );
  });
  return row ? { ...row, until } : null;
}

/** The answer of a step, and the size of what is uploaded. */
interface Stepped {
  answer: Answer;
  bytes: number;
}

async function step(ctx: Ctx, one: Taken, platform: Platforms): Promise<Stepped> {
  let { bytes } = one.media;
  try {
    const file = await fileToSend(ctx, one.media.fileId, platform.traits(one.platform, one.limits)?.media);
    const { kind, name, mime, storageKey } = file;
    bytes = file.bytes;
    const answer = await withTimeLimit(CALL_LIMIT_MS, () =>
      platform.call({
        capability: 'upload',
        ctx,
        connectionId: one.connection_id,
        input: {
          kind,
          name,
          mime,
          bytes,
          alt: one.media.alt,
          progress: one.progress,
          read: (offset, length) => readStoredPart({ storageKey, bytes }, offset, length),
        },
      }),
    );
    return { answer, bytes };
  } catch (error) {
    if (!isConnectorFault(error) && !isAppError(error)) throw error;
    return { answer: { state: 'fault', error }, bytes };
  }
}

/** Records the result of a step if this run still holds the lease. Returns how long to wait, or `over` if this run is finished with it. */
async function write(
  ctx: Ctx,
  publicationId: string,
  token: string,
  one: Taken,
  { answer, bytes }: Stepped,
  name: string,
  last: boolean,
): Promise<number | 'over'> {
  const now = ctx.clock.now();
  const { progress, failures, restarts, percent, bytes_sent: bytesSent } = one;
  const reached = { progress, bytesSent, percent, failures, restarts, bytes };
  const change = changeFor(answer, reached, now, name);
  const sets: SQL[] = [
    sql`failures = ${change.failures}`,
    sql`problem = ${change.problem ? json(change.problem) : null}::jsonb`,
    sql`check_at = ${change.wait > 0 ? at(new Date(now.getTime() + change.wait)) : sql`null`}`,
    sql`updated_at = ${at(now)}`,
  ];
  if (change.restarts !== undefined) sets.push(sql`restarts = ${change.restarts}`);
  if (change.state) sets.push(sql`state = ${change.state}`);
  if (change.progress !== undefined)
    sets.push(sql`progress = ${change.progress === null ? sql`null` : json(change.progress)}`);
  if (change.sent !== undefined) sets.push(sql`bytes_sent = ${change.sent}`);
  if (change.percent !== undefined) sets.push(sql`percent = ${change.percent}`);
  if (change.remoteId) sets.push(sql`remote_id = ${change.remoteId}, bytes_sent = ${bytes}, percent = 100`);
  if (change.expiresAt) sets.push(sql`expires_at = ${at(change.expiresAt)}`);
  // While it waits, any run may continue it.
  if (last || change.wait > 0 || change.state === 'ready' || change.state === 'failed')
    sets.push(clearLease(UPLOAD_LEASE));
  else sets.push(extendsTo(UPLOAD_LEASE, leaseEnd(now, UPLOAD_LEASE_MS)));
  faultPoint('media: before writing');
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    if (change.tell) await lockWorkspaceShared(tx, ctx.workspaceId);
    // Pages follow changes of the publication. It is updated first, as everywhere.
    await tx.execute(
      sql`update publications set updated_at = ${at(now)}${postponedBy(answer, change, now)}
        where id = ${publicationId} and workspace_id = ${ctx.workspaceId}`,
    );
    const own = await rowsOf(
      tx,
      sql`
        update publication_media set ${sql.join(sets, sql`, `)}
        where publication_id = ${publicationId} and position = ${one.position} and workspace_id = ${ctx.workspaceId}
          and ${isOurs(UPLOAD_LEASE, token)}
        returning position`,
    );
    if (own.length === 0) return 'over';
    if (change.tell)
      await raiseAlert(tx, ctx, {
        key: mediaKey(publicationId),
        severity: 'serious',
        title: fact('uploads.alerts.notThere', { kind: one.media.kind, title: one.title, platform: name }),
        body: fact('uploads.alerts.stuck', { problem: change.problem ?? '' }),
        href: `/posts/${one.post_id}`,
      });
    return change.state === 'failed' ? 'over' : change.wait;
  });
}

/**
 * A platform that takes no uploads for a while would not have taken the post either. The post waits as long, instead of failing for lack of
 * its media.
 */
function postponedBy(answer: Answer, { wait, problem }: Change, now: Date): SQL {
  const limited =
    answer.state === 'fault' && isConnectorFault(answer.error) && answer.error.kind === 'rate_limited';
  if (!limited || !problem || wait < POSTPONING_MS) return sql``;
  const until = at(new Date(now.getTime() + wait));
  const waits = sql`state in ${listed(PUBLICATION_LISTS.unsent)} and due_at < ${until}`;
  return sql`, retry_at = case when ${waits} then greatest(retry_at, ${until}) else retry_at end,
    problem = case when ${waits} then ${json(problem)}::jsonb else problem end`;
}

/** Nothing can be leased: records that everything is ready, or returns how long to wait. */
async function settle(ctx: Ctx, publicationId: string): Promise<UploadReport> {
  const now = ctx.clock.now();
  faultPoint('media: before ready');
  const { waitMs, ready } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await rowsOf<{
      waiting: number;
      failed: number;
      check: number | null;
      lease: number | null;
      ready: Ready | null;
    }>(
      tx,
      sql`
        with all_of as (
          select count(*) filter (where m.state <> 'ready')::int as waiting, count(*) filter (where m.state = 'failed')::int as failed,
            min(m.expires_at) as until, max(case when m.check_at <= ${at(latestCheck(now))} then m.check_at else ${at(now)} end)
              filter (where m.state in ${OPEN} and m.check_at is not null) as check_at,
            max(m.lease_until) filter (where m.state in ${OPEN} and ${isHeld(UPLOAD_LEASE, now, 'm')}) as lease_until
          from publication_media m where m.publication_id = ${publicationId} and m.workspace_id = ${ctx.workspaceId}
        ), ready as (
          update publications p set media_until = a.until, updated_at = ${at(now)}
          from all_of a
          where p.id = ${publicationId} and p.workspace_id = ${ctx.workspaceId} and a.waiting = 0 and a.until is not null
            and p.state in ${listed(PUBLICATION_LISTS.unsent)} and p.media_until is distinct from a.until
          returning greatest(p.due_at, p.retry_at) as due, p.state, p.connection_id
        )
        select a.waiting, a.failed, ${ms(sql`a.check_at`)} as check, ${ms(sql`a.lease_until`)} as lease,
          (select jsonb_build_object('due', ${ms(sql`r.due`)}, 'state', r.state, 'connectionId', r.connection_id, 'platform', c.platform)
            from ready r join connections c on c.id = r.connection_id) as ready
        from all_of a`,
    );
    if (row?.ready) await resolveAlert(tx, ctx, mediaKey(publicationId));
    const open = row && row.waiting > row.failed;
    return {
      ready: row?.ready ?? null,
      // Another run is uploading. It continues, and if it ends, the sweep does.
      waitMs:
        open && row.check !== null && (row.lease ?? 0) <= now.getTime()
          ? Math.max(0, row.check - now.getTime())
          : null,
    };
  });
  faultPoint('media: ready');
  if (ready && ready.due <= now.getTime() + CLOSE_MS) await goOn(ctx, ready);
  return { waitMs };
}

interface Ready {
  due: number;
  state: 'scheduled' | 'queued';
  connectionId: string;
  platform: string;
}
/** Time before the due time, in milliseconds, in which no further sweep sees the post. */
const CLOSE_MS = 2_000;

/** Wakes the lane, which may have reached the post and ended. It would otherwise stay idle until the next sweep. */
async function goOn(ctx: Ctx, { state, connectionId, platform }: Ready): Promise<void> {
  if (state === 'scheduled') await ctx.events.publish('publishing/sweep.requested', {});
  else
    await ctx.events.publish('publishing/lane.requested', {
      workspaceId: ctx.workspaceId,
      connectionId,
      platform,
    });
}
