import { and, eq, isNotNull } from 'drizzle-orm';
import { files, fileVersions } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Services } from '@/server/verbs/context';
import { openAddress } from './public-address';
import { type Part, parseRange } from './range';
import type { Stored } from './store';
import { streamStored } from './stored-stream';

export interface ByAddress {
  mime: string;
  /** Size of the whole content. */
  bytes: number;
  /** When the address ends. */
  until: Date;
  /** The part that was asked for; null for the whole content. */
  part: Part | null;
  /** Null if the part begins beyond the end. */
  content: ReadableStream<Uint8Array> | null;
}

/**
 * Reads a file for whoever has its public address, whole or the part that a `Range` header asks for. Throws `not_found` in the same way for
 * a forged token, one that has ended and a file that is gone, and `unavailable` if the content is missing.
 */
export async function readByAddress(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  token: string,
  range: string | null,
): Promise<ByAddress> {
  const opened = openAddress(token, clock.now());
  if (!opened) throw notFound('file');
  const { workspaceId, fileId, variant, until } = opened;
  const [found] = await db.asWorkspace(
    workspaceId,
    (tx): Promise<(Pick<Stored, 'storageKey' | 'bytes'> & { mime: string })[]> =>
      variant === ''
        ? tx
            .select({ storageKey: files.storageKey, bytes: files.bytes, mime: files.mime })
            .from(files)
            .where(and(eq(files.workspaceId, workspaceId), eq(files.id, fileId), isNotNull(files.kind)))
        : tx
            .select({
              storageKey: fileVersions.storageKey,
              bytes: fileVersions.bytes,
              mime: fileVersions.mime,
            })
            .from(fileVersions)
            .where(
              and(
                eq(fileVersions.workspaceId, workspaceId),
                eq(fileVersions.fileId, fileId),
                eq(fileVersions.variant, variant),
              ),
            ),
  );
  if (!found) throw notFound('file');
  const { mime, bytes } = found;
  const asked = parseRange(range, bytes);
  if (asked === 'unsatisfiable') return { mime, bytes, until, part: null, content: null };
  const from = asked?.from ?? 0;
  const length = asked ? asked.last - from + 1 : bytes;
  return { mime, bytes, until, part: asked, content: await streamStored(found, { from, length }) };
}
