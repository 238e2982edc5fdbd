import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { isOurs, leasesOf, newLease, setLease } from '@/db/leases';
import { statesBefore } from '@/db/state-sql';
import { at, ms, rowsOf } from '@/db/statements';
import { isConnectorFault, type RemoteMedia } from '@/server/connectors/kit/types';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import { newId } from '@/server/foundation/ids';
import type { OptionValues } from '@/server/foundation/option-values';
import type { Ctx } from '@/server/verbs/context';
import { optionTerms, type Platforms } from '@/server/verbs/platforms';
import { withTimeLimit } from '../connections/with-time-limit';
import type { Claim } from '../due/claim-due';
import { labelOf } from '../publications/label';
import { PUBLICATION_LEASE } from '../publications/lease';
import { lockConnection } from '../publications/lock-connection';
import { CALL_LIMIT_MS, CLOCK_MARGIN_MS, OUTCOME_UNKNOWN } from '../publications/policy';
import { isPart, type PublicationKind } from '../publications/publication-kind';
import { mediaToSend } from '../uploads/media-to-send';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { classifyLookUp, type LookUpAnswer, type LookUpHistory, type LookUpResult } from './classify-look-up';
import { optionsAsSent } from './options-to-send';
import { plainKey } from './publish-key';
import { settleAll } from './settle';

type Input = Pick<Claim, 'publicationId' | 'version' | 'claimToken'> & {
  /** Number of the last attempt. If missing, the claim token decides whether this look-up may begin. */
  attempt?: number | undefined;
};

/**
 * Resolves an attempt with an unknown outcome. If the post is found, it is published. If it is still absent some time after the attempt, it
 * is sent again. If the platform cannot tell, or cannot be queried, a user is asked.
 */
export async function lookUpPublication({ ctx, input }: { ctx: Ctx; input: Input }): Promise<LookUpResult> {
  faultPoint('look-up: before');
  const begun = await begin(ctx, input);
  faultPoint('look-up: noted');
  if (!begun) return 'skipped';
  const lease = leasesOf(ctx.db).hold(PUBLICATION_LEASE, {
    id: input.publicationId,
    token: begun.token,
    until: begun.until,
    clock: ctx.clock,
  });
  try {
    return await look(ctx, input, begun, ctx.platforms);
  } finally {
    lease.end();
  }
}

async function look(ctx: Ctx, input: Input, begun: Begun, platform: Platforms): Promise<LookUpResult> {
  const traits = platform.traits(begun.platform);
  let answer: LookUpAnswer;
  // A repost exists at most once, however often it is requested, so there is nothing to look up.
  if (begun.kind === 'repost') answer = { found: 'repeat' };
  // Nothing is ever sent there. The process ended before it could ask a person.
  else if (traits?.byHand) answer = { found: 'absent' };
  else if (!traits?.looksUp)
    answer = { found: 'unclear', why: traits?.whereToLook ?? fact('publisher.notes.cannotAsk') };
  else
    try {
      const media = await mediaToSend(
        ctx,
        { publicationId: input.publicationId, uploaded: begun.media ?? [], environment: begun.environment },
        traits,
      );
      answer = await withTimeLimit(CALL_LIMIT_MS, () =>
        platform.call({
          capability: 'lookup',
          ctx,
          connectionId: begun.connection_id,
          input: {
            text: begun.text,
            ...(begun.link ? { link: begun.link } : {}),
            ...(begun.kind === 'reply' && begun.follows_remote_id
              ? { replyTo: begun.follows_remote_id }
              : {}),
            ...(media.length > 0 ? { media } : {}),
            ...optionsAsSent(optionTerms(platform, begun.platform), begun.options),
            keys: begun.keys ?? [plainKey(input)],
            since: new Date(begun.since - CLOCK_MARGIN_MS),
            exclude: begun.exclude,
          },
        }),
      );
    } catch (error) {
      // Our own failure says nothing about the platform. The lease ends, and another look-up follows.
      if (!isConnectorFault(error) && !isAppError(error)) throw error;
      answer = { found: 'fault', error };
    }
  faultPoint('look-up: answer came');
  return finish(ctx, input, begun, answer, traits?.name ?? begun.platform, traits);
}

interface Begun {
  /** Token of the lease of this look-up. */
  token: string;
  until: Date;
  attempt_id: string;
  text: string;
  link: string | null;
  /** Number of parts still to be sent after it. */
  following: number;
  kind: PublicationKind;
  follows_remote_id: string | null;
  /** The uploaded media; null for a post without any. */
  media: RemoteMedia[] | null;
  /** Options as they were scheduled. */
  options: OptionValues;
  title: string;
  post_id: string;
  connection_id: string;
  connection_name: string;
  platform: string;
  environment: 'live' | 'sandbox';
  /** When the oldest attempt with an unknown outcome began, in milliseconds since 1970. */
  since: number;
  /** Latest time at which any attempt can have sent a request, in milliseconds since 1970. */
  last_left: number;
  /** Number of sends whose outcome the platform left open, at least 1. Those of our own ended processes weigh less. */
  unseen: number;
  unclear: number;
  exclude: string[];
  /** The keys of the sends with an unknown outcome; null if the platform knows no keys. */
  keys: string[] | null;
}

/** The number of the last send of the publication `m`. */
const lastSend = sql.raw(
  "(select coalesce(max(number), 0) from publication_attempts where publication_id = m.id and kind = 'publish')",
);
/**
 * Number of our own failures that count as one outcome left open by the platform. A send or look-up without a known outcome because its
 * process ended or the database was unavailable is not a response of the platform, but a post that ends every process must reach a user
 * eventually.
 */
const OWN_FAILURES_PER_UNKNOWN = sql.raw('8');

async function begin(ctx: Ctx, input: Input): Promise<Begun | null> {
  const now = ctx.clock.now();
  const lease = newLease(PUBLICATION_LEASE, now);
  // A look-up that was requested twice begins once, because the first one changes the number of the last attempt.
  const turn =
    input.attempt === undefined
      ? isOurs(PUBLICATION_LEASE, input.claimToken, 'p')
      : sql`p.attempts = ${input.attempt}`;
  const attemptId = newId('attempt', now.getTime());
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    rowsOf<Omit<Begun, 'token' | 'until'>>(
      tx,
      sql`
        with moved as (
          update publications p set attempts = p.attempts + 1, ${setLease(PUBLICATION_LEASE, lease)}, updated_at = ${at(now)}
          where p.id = ${input.publicationId} and p.workspace_id = ${ctx.workspaceId} and p.state in (${statesBefore('doubt')})
            and p.version = ${input.version} and ${turn}
          returning *
        ), noted as (
          insert into publication_attempts (id, workspace_id, publication_id, number, kind, started_at)
          select ${attemptId}, workspace_id, id, attempts, 'lookup', ${at(now)} from moved
        )
        select ${attemptId} as attempt_id, m.text, m.link, m.options, jsonb_array_length(m.parts) as following, m.kind, f.remote_id as follows_remote_id, m.post_id, m.connection_id, t.title, c.remote_name as connection_name,
          c.platform, c.environment, ${ms(sql`a.since`)} as since, ${ms(sql`a.last_left`)} as last_left, a.unseen, a.unclear, a.keys,
          case when m.media_until is not null then (
            select jsonb_agg(jsonb_build_object('remoteId', x.remote_id, 'kind', m.media -> x.position ->> 'kind') order by x.position)
            from publication_media x where x.publication_id = m.id and (x.remote_id is not null or not m.media_ahead)) end as media,
          coalesce((
            select jsonb_agg(o.remote_id) from publications o
            where o.connection_id = m.connection_id and o.remote_id is not null and o.id <> m.id
              and o.published_at > a.since - interval '1 day'
          ), '[]') as exclude
        from moved m join connections c on c.id = m.connection_id join posts t on t.id = m.post_id
          left join publications f on f.id = m.follows_id and f.workspace_id = m.workspace_id,
        lateral (
          select
            coalesce(min(started_at) filter (where kind = 'publish' and coalesce(outcome, 'unknown_outcome') = 'unknown_outcome'), ${at(now)}) as since,
            jsonb_agg(distinct key) filter (where kind = 'publish' and key is not null and coalesce(outcome, 'unknown_outcome') = 'unknown_outcome') as keys,
            coalesce(max(coalesce(finished_at, ${at(now)})) filter (where kind = 'publish'), ${at(now)}) as last_left,
            greatest(1, count(*) filter (where kind = 'publish' and outcome = 'unknown_outcome' and message is distinct from ${JSON.stringify(OUTCOME_UNKNOWN)}::jsonb)
              + count(*) filter (where kind = 'publish' and (outcome is null or outcome = 'unknown_outcome' and message = ${JSON.stringify(OUTCOME_UNKNOWN)}::jsonb)) / ${OWN_FAILURES_PER_UNKNOWN})::int as unseen,
            (count(*) filter (where kind = 'lookup' and outcome <> 'absent' and number > ${lastSend})
              + count(*) filter (where kind = 'lookup' and outcome is null and number > ${lastSend}) / ${OWN_FAILURES_PER_UNKNOWN})::int as unclear
          from publication_attempts where publication_id = m.id
        ) a`,
    ),
  );
  return row ? { ...row, ...lease } : null;
}

async function finish(
  ctx: Ctx,
  input: Input,
  begun: Begun,
  answer: LookUpAnswer,
  name: string,
  traits: PlatformTraits | null,
): Promise<LookUpResult> {
  const now = ctx.clock.now();
  const label = labelOf(begun.kind, begun.title, name, isPart(input.publicationId) ? traits?.follow : null);
  const history: LookUpHistory = {
    publicationId: input.publicationId,
    postId: begun.post_id,
    account: begun.connection_name,
    following: begun.following,
    since: begun.since,
    lastLeft: begun.last_left,
    unseen: begun.unseen,
    unclear: begun.unclear,
  };
  const result = await ctx.db.asSystem(async (tx) => {
    const takenByOther =
      answer.found === 'yes' && (await isTakenByOther(tx, ctx, input, begun, answer.post.remoteId));
    const decided = classifyLookUp(history, answer, takenByOther, traits, label, now);
    const [settled] = await settleAll(tx, [
      {
        publicationId: input.publicationId,
        version: input.version,
        claimToken: begun.token,
        workspaceId: ctx.workspaceId,
        attemptId: begun.attempt_id,
        at: now,
        ifStopped: { label, account: begun.connection_name },
        ...decided.ending,
      },
    ]);
    return settled?.own ? decided.result : ('skipped' as const);
  });
  faultPoint('look-up: settled');
  if (result === 'sent_again') await ctx.events.publish('publishing/sweep.requested', {});
  return result;
}

/**
 * Whether the post that was found belongs, or may belong, to another publication: if the account has two identical posts, the one found may
 * be the other, whose outcome is still open. Locks the workspace first, because settling needs it, and then the connection, whose lock does
 * not block rows that only refer to it.
 */
async function isTakenByOther(
  tx: Tx,
  ctx: Ctx,
  input: Input,
  begun: Begun,
  remoteId: string,
): Promise<boolean> {
  await lockWorkspaceShared(tx, ctx.workspaceId);
  await lockConnection(tx, begun.connection_id);
  const others = await rowsOf(
    tx,
    sql`
      select 1 from publications o
      where o.connection_id = ${begun.connection_id} and o.id <> ${input.publicationId} and (
        o.remote_id = ${remoteId} or (
          o.state = 'publishing' and o.text = ${begun.text} and exists (
            select from publication_attempts a
            where a.publication_id = o.id and a.kind = 'publish' and a.outcome is null)))
      limit 1`,
  );
  return others.length > 0;
}
