import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type actions, connections, publications } from '@/db/schema';
import { composeText } from '@/server/connectors/compose-text';
import type { Ctx } from '@/server/verbs/context';
import { optionsShown } from '@/server/verbs/platforms';
import { kindOf } from '../actions/kinds';
import type { Action } from './schemas';

type Row = Pick<typeof actions.$inferSelect, 'id' | 'kind' | 'subjectId'>;

/** Returns what a person has to do, by the action's id, for those actions that describe work on a platform without an API. */
export async function readWork(
  tx: Tx,
  { workspaceId, platforms }: Pick<Ctx, 'workspaceId' | 'platforms'>,
  rows: readonly Row[],
): Promise<Map<string, NonNullable<Action['work']>>> {
  const asked = rows.filter((row) => kindOf(row).name === 'publication_by_hand');
  if (asked.length === 0) return new Map();
  const found = await tx
    .select({ publication: publications, platform: connections.platform })
    .from(publications)
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(
      and(
        eq(publications.workspaceId, workspaceId),
        inArray(
          publications.id,
          asked.map((row) => row.subjectId),
        ),
      ),
    );
  return new Map(
    asked.flatMap((row) => {
      const one = found.find(({ publication }) => publication.id === row.subjectId);
      const byHand = one && platforms.traits(one.platform)?.byHand;
      if (!one || !byHand) return [];
      const { text, link, media, options } = one.publication;
      return [
        [
          row.id,
          {
            ...byHand,
            text: composeText(one.platform, text, link),
            media,
            options: optionsShown(platforms, one.platform, options),
          },
        ],
      ];
    }),
  );
}
