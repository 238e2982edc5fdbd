import type { Db } from '@/db/client';
import { postingSlots } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';

/** Gives an account slots at these minutes of every day, for tests. */
export async function everyDay(
  db: Db,
  ctx: Ctx,
  connectionId: string,
  minutes: readonly number[],
  topicId: string | null = null,
): Promise<void> {
  await db.asSystem((tx) =>
    tx.insert(postingSlots).values(
      [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) =>
        minutes.map((minute) => ({
          id: newId('slot'),
          workspaceId: ctx.workspaceId,
          connectionId,
          weekday,
          minute,
          topicId,
        })),
      ),
    ),
  );
}
