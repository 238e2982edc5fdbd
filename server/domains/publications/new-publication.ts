import type { publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import type { Due } from '../scheduling/resolve-due';

type Insert = typeof publications.$inferInsert;

/** Columns that a new publication does not have: they are set when it is sent, moved or set aside. */
type SetLater =
  | 'version'
  // Set by the database for a post with pictures (`db/media.sql`).
  | 'mediaUntil'
  | 'claimToken'
  | 'claimedUntil'
  | 'attempts'
  | 'retryAt'
  | 'remoteId'
  | 'permalink'
  | 'publishedAt'
  | 'problem'
  | 'setAsideBy'
  | 'setAsideFrom';

/** The columns of a new publication. A new column must be set in `newPublication` or listed in `SetLater`, or the code does not compile. */
export type NewPublication = Required<Omit<Insert, SetLater>>;

/** The values that differ between publications; the rest is derived. All of them are required, so that none is forgotten. */
type NewPublicationInput = Pick<
  NewPublication,
  | 'postId'
  | 'variantId'
  | 'connectionId'
  | 'parts'
  | 'media'
  | 'options'
  | 'requestKey'
  | 'approvalId'
  | 'followUpRule'
  | 'createdBy'
> & {
  /** The platform of the connection. */
  platform: string;
  text: string;
  link: string | null;
  due: Due;
  /** Whether it waits for the decision about `approvalId`. */
  waits: boolean;
  /** The publication that it is attached to, and how; null for a post of its own. */
  follows: { id: string; kind: NewPublication['kind'] } | null;
};

/** Builds the initial row of a publication. All code that creates publications uses this. */
export function newPublication(ctx: Ctx, birth: NewPublicationInput): NewPublication {
  const now = ctx.clock.now();
  const id = newId('publication', now.getTime());
  const { platform, due, waits, follows, ...rest } = birth;
  const way = ctx.platforms.traits(platform)?.media?.way ?? 'ahead';
  return {
    ...rest,
    id,
    workspaceId: ctx.workspaceId,
    kind: follows?.kind ?? 'post',
    followsId: follows?.id ?? null,
    mediaAhead: way === 'ahead',
    dueAt: due.dueAt,
    localTime: due.localTime,
    timeZone: due.timeZone,
    state: waits ? 'awaiting_approval' : 'scheduled',
    marker: id,
    createdAt: now,
    updatedAt: now,
  };
}
