import { createHash } from 'node:crypto';
import { and, eq, inArray, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type actions, publications } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import { kindOf } from './kinds';

type Row = Pick<typeof actions.$inferSelect, 'id' | 'kind' | 'subjectId'>;
/** A publication that an action asks about, as far as an answer depends on it. */
type About = Pick<typeof publications.$inferSelect, 'id' | 'version' | 'state'>;

/** The publications that each of these actions is about, by the action's id. */
async function readAbout(
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly Row[],
): Promise<Map<string, About[]>> {
  const subjects = rows.filter((row) => kindOf(row).about === 'subject').map((row) => row.subjectId);
  const setters = rows.filter((row) => kindOf(row).about === 'set_aside').map((row) => row.id);
  if (rows.length === 0) return new Map();
  const found = await tx
    .select({
      id: publications.id,
      version: publications.version,
      state: publications.state,
      setAsideBy: publications.setAsideBy,
    })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, workspaceId),
        or(inArray(publications.id, subjects), inArray(publications.setAsideBy, setters)),
      ),
    );
  return new Map(
    rows.map((row) => [
      row.id,
      found.filter((one) =>
        kindOf(row).about === 'subject' ? one.id === row.subjectId : one.setAsideBy === row.id,
      ),
    ]),
  );
}

/** Says in a few letters which publications these are and in which version. The order does not matter. */
const fingerprintOf = (about: readonly About[]): string =>
  createHash('sha256')
    .update(JSON.stringify(about.map(({ id, version, state }) => [id, version, state]).sort()))
    .digest('base64url')
    .slice(0, 22);

/**
 * What each of these actions asks about, in a few letters, by the action's id. An answer names what was shown to whoever gives it; when
 * that has changed by then, the answer does nothing (`assertAsShown`).
 */
export async function readShown(
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly Row[],
): Promise<Map<string, string>> {
  const about = await readAbout(tx, workspaceId, rows);
  return new Map([...about].map(([id, these]) => [id, fingerprintOf(these)]));
}

/**
 * Throws `conflict` when what an action asks about is not as it was shown. Call it under the locks under which the answer is carried out, or
 * carry it out for the versions that this answers.
 */
export async function assertAsShown(
  tx: Tx,
  workspaceId: WorkspaceId,
  action: Row,
  shown: string,
): Promise<readonly About[]> {
  const about = (await readAbout(tx, workspaceId, [action])).get(action.id) ?? [];
  const now = fingerprintOf(about);
  if (now !== shown)
    throw new AppError('conflict', fact('actions.errors.changed'), { details: { shown: now } });
  return about;
}
