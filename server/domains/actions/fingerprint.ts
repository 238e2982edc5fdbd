import { and, eq, inArray, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type actions, publications } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import { shortHash } from '@/server/foundation/short-hash';
import { kindOf } from './kinds';

type Row = Pick<typeof actions.$inferSelect, 'id' | 'kind' | 'subjectId'>;
/** A publication that an action is about, reduced to what an answer depends on. */
type AnswerBasis = Pick<typeof publications.$inferSelect, 'id' | 'version' | 'state'>;

/** Returns the publications that each action is about, by the action's id. */
async function readPublicationsOf(
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly Row[],
): Promise<Map<string, AnswerBasis[]>> {
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

/** Returns a short fingerprint of publications, their versions and states. Their order does not matter. */
const fingerprintOf = (about: readonly AnswerBasis[]): string =>
  shortHash(JSON.stringify(about.map(({ id, version, state }) => [id, version, state]).sort()));

/**
 * Returns a fingerprint of the publications that each action is about, by the action's id. An answer must name the fingerprint that its
 * user saw; it is refused when it no longer matches (`assertFingerprint`).
 */
export async function readFingerprints(
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly Row[],
): Promise<Map<string, string>> {
  const about = await readPublicationsOf(tx, workspaceId, rows);
  return new Map([...about].map(([id, these]) => [id, fingerprintOf(these)]));
}

/**
 * Throws `conflict` if the publications that an action is about have changed since they were shown. Call it while holding the locks under
 * which the answer is carried out, or carry out the answer for the versions that this returns.
 */
export async function assertFingerprint(
  tx: Tx,
  workspaceId: WorkspaceId,
  action: Row,
  fingerprint: string,
): Promise<readonly AnswerBasis[]> {
  const about = (await readPublicationsOf(tx, workspaceId, [action])).get(action.id) ?? [];
  const now = fingerprintOf(about);
  if (now !== fingerprint)
    throw new AppError('conflict', fact('actions.errors.changed'), { details: { fingerprint: now } });
  return about;
}
