import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { leaseEnd } from '@/db/leases';
import type { Media, Part } from '@/db/schema';
import { at, json, rowsOf } from '@/db/statements';
import type { RemoteMedia } from '@/server/connectors/kit/types';
import { faultPoint } from '@/server/foundation/fault-points';
import { newId } from '@/server/foundation/ids';
import type { OptionValues } from '@/server/foundation/option-values';
import type { OwnLimits } from '@/server/foundation/own-limits';
import type { ConnectionRow } from '@/server/verbs/platforms';
import type { PublicationKind } from '../publications/publication-kind';
import { allPostRates } from '../scheduling/rates';
import { batchedBy } from './batcher';

/** A request for the first publication in a connection's lane. */
export interface StartRequest {
  workspaceId: string;
  connectionId: string;
  now: Date;
}
/** All that is needed to send a publication, read in the statement that started it. */
export interface Started {
  publicationId: string;
  version: number;
  claimToken: string;
  attemptId: string;
  attempt: number;
  text: string;
  link: string | null;
  kind: PublicationKind;
  /** Remote id of the publication that this one replies to or reposts; null for a post, or if unknown. */
  followsRemoteId: string | null;
  /** The uploaded media, in order. */
  media: RemoteMedia[];
  /** Options as they were scheduled. */
  options: OptionValues;
  /** Limits of the account, if it has its own. */
  limits: OwnLimits | null;
  /** The media as they were scheduled, in order, and the parts that follow. */
  files: Media[];
  parts: Part[];
  title: string;
  postId: string;
  connectionId: string;
  connectionName: string;
  platform: string;
  connection: ConnectionRow;
  /** Number of earlier attempts of this version that failed temporarily, and of those with an unknown outcome. */
  priorTransient: number;
  priorUnseen: number;
  leaseUntil: Date;
}
/** `full`: the platform's limits leave no capacity before `until`. `idle`: nothing is due, or another run is sending. */
export type Start = { kind: 'started'; started: Started } | { kind: 'full'; until: Date } | { kind: 'idle' };

/** A row that the database functions return for a lane. */
export interface StartRow {
  lane: string;
  until: string | null;
  id: string;
  version: number;
  token: string;
  attempt_id: string;
  attempts: number;
  text: string;
  link: string | null;
  title: string;
  post_id: string;
  connection_name: string;
  platform: string;
  environment: ConnectionRow['environment'];
  server: string;
  status: ConnectionRow['status'];
  remote_id: string;
  remote: Record<string, string>;
  credentials: string | null;
  grant_id: string | null;
  grant_credentials: string | null;
  sealed_for: string | null;
  access_expires: string | null;
  refresh_expires: string | null;
  grant_ended: string | null;
  last_used: string | null;
  buckets: { bucket: string; remaining: number; resetsAt: string }[];
  prior_transient: number;
  prior_unseen: number;
  kind: PublicationKind;
  follows_remote_id: string | null;
  media: RemoteMedia[] | null;
  options: OptionValues;
  limits: OwnLimits | null;
  files: Media[];
  parts: Part[];
}

/**
 * Starts the first publication in a connection's lane: moves it to `publishing`, inserts its attempt row and counts it against the
 * platform's limits, in one statement (`start_publishing_v6` in db/functions.sql), before any request is sent. A lane is sent in order of
 * the due times, one publication at a time: nothing starts while an earlier one is being sent, waits for another attempt, or is not claimed
 * yet. Concurrent calls share a statement, in which each connection starts only once. If a call is repeated because its response was lost,
 * it returns what it started.
 */
export const startPublishing = batchedBy(startAll);

/** Attempt ids under which requests were sent to the database. A repeated request uses the same id. */
const attemptOf = new WeakMap<StartRequest, string>();

async function startAll(db: Db, requests: StartRequest[]): Promise<Start[]> {
  const order = startArguments(requests);
  faultPoint('start: before');
  const rows = await rowsOf<StartRow>(
    db.raw,
    sql`select * from tributary.start_publishing_v6(${order.arguments})`,
  );
  faultPoint('start: after');
  return order.answers(rows);
}

/**
 * Returns the arguments of the database functions that start publications (in this order: the lanes, the platforms' limits, the time, the
 * lease's end), and a function that maps their rows to the requests. Of two requests for one lane, the first starts.
 */
export function startArguments(requests: readonly StartRequest[]): {
  arguments: SQL;
  answers(rows: readonly StartRow[]): Start[];
} {
  const now = new Date(Math.max(...requests.map((r) => r.now.getTime())));
  const lease = leaseEnd(now);
  const firstOf = new Map<string, StartRequest>();
  for (const r of requests) if (!firstOf.has(r.connectionId)) firstOf.set(r.connectionId, r);
  const wanted = [...firstOf.values()].map((r) => {
    const before = attemptOf.get(r);
    const attempt_id = before ?? newId('attempt', now.getTime());
    attemptOf.set(r, attempt_id);
    return { lane: r.connectionId, workspace_id: r.workspaceId, attempt_id, again: before !== undefined };
  });
  return {
    arguments: sql`${json(wanted)}, ${json(allPostRates())}, ${at(now)}, ${at(lease)}`,
    answers: (rows) => {
      const found = new Map(rows.map((r) => [r.lane, r]));
      return requests.map((request) => {
        const row =
          firstOf.get(request.connectionId) === request ? found.get(request.connectionId) : undefined;
        if (!row) return { kind: 'idle' };
        if (row.until !== null) return { kind: 'full', until: new Date(row.until) };
        return { kind: 'started', started: startedOf(row, lease) };
      });
    },
  };
}

const date = (at: string | null): Date | null => (at === null ? null : new Date(at));

function startedOf(row: StartRow, lease: Date): Started {
  return {
    publicationId: row.id,
    version: row.version,
    claimToken: row.token,
    attemptId: row.attempt_id,
    attempt: row.attempts,
    text: row.text,
    link: row.link,
    kind: row.kind,
    followsRemoteId: row.follows_remote_id,
    media: row.media ?? [],
    options: row.options,
    limits: row.limits,
    files: row.files,
    parts: row.parts,
    title: row.title,
    postId: row.post_id,
    connectionId: row.lane,
    connectionName: row.connection_name,
    platform: row.platform,
    connection: {
      id: row.lane,
      platform: row.platform,
      environment: row.environment,
      server: row.server,
      status: row.status,
      remoteId: row.remote_id,
      remote: row.remote,
      credentials: row.credentials,
      grant:
        row.grant_id === null
          ? null
          : {
              id: row.grant_id,
              credentials: row.grant_credentials,
              sealedFor: row.sealed_for,
              accessExpiresAt: date(row.access_expires),
              refreshExpiresAt: date(row.refresh_expires),
              endedAt: date(row.grant_ended),
            },
      lastUsedAt: date(row.last_used),
      buckets: row.buckets.map((b) => ({
        bucket: b.bucket,
        remaining: b.remaining,
        resetsAt: new Date(b.resetsAt),
      })),
    },
    priorTransient: row.prior_transient,
    priorUnseen: row.prior_unseen,
    leaseUntil: lease,
  };
}
