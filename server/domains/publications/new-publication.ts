import type { publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import type { Due } from '../scheduling/resolve-due';

type Insert = typeof publications.$inferInsert;

/** What a publication begins without: it comes with being sent, moved or set aside. */
type Later =
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

/** Everything that is frozen when a publication is made. A new column is either here or in `Later`, or this does not compile. */
export type NewPublication = Required<Omit<Insert, Later>>;

/** What differs between publications; the rest follows from it. All of it is asked for, so that nothing is left out by oversight. */
type Birth = Pick<
  NewPublication,
  | 'postId'
  | 'variantId'
  | 'connectionId'
  | 'parts'
  | 'media'
  | 'requestKey'
  | 'approvalId'
  | 'followUpRule'
  | 'createdBy'
> & {
  text: string;
  link: string | null;
  due: Due;
  /** Whether it waits for `approvalId` to be decided. */
  waits: boolean;
  /** The publication that it hangs on, and how; null for a post of its own. */
  follows: { id: string; kind: NewPublication['kind'] } | null;
};

/** A row of `publications` as it is born. Whatever makes publications makes them with this. */
export function newPublication(ctx: Ctx, birth: Birth): NewPublication {
  const now = ctx.clock.now();
  const id = newId('publication', now.getTime());
  const { due, waits, follows, ...rest } = birth;
  return {
    ...rest,
    id,
    workspaceId: ctx.workspaceId,
    kind: follows?.kind ?? 'post',
    followsId: follows?.id ?? null,
    dueAt: due.dueAt,
    localTime: due.localTime,
    timeZone: due.timeZone,
    state: waits ? 'awaiting_approval' : 'scheduled',
    marker: id,
    createdAt: now,
    updatedAt: now,
  };
}
