import { type StatsFs, statfs } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';

/** Disk space that uploads leave free, in bytes, because the database and the system share the disk. On a small disk, a twentieth of it. */
const KEPT_FREE = 500 * 1024 * 1024;
const KEPT_FREE_PART = 0.05;

export const diskFull = (): AppError => new AppError('unavailable', fact('files.errors.diskFull'));

/** Whether the disk is too full for uploads. */
export const isNearlyFull = ({
  bavail,
  bsize,
  blocks,
}: Pick<StatsFs, 'bavail' | 'bsize' | 'blocks'>): boolean =>
  bavail * bsize < Math.min(KEPT_FREE, blocks * bsize * KEPT_FREE_PART);

let look: (folder: string) => Promise<Pick<StatsFs, 'bavail' | 'bsize' | 'blocks'>> = promisify(statfs);

/** Throws `unavailable` if the disk of a folder is nearly full. */
export async function assertDiskSpace(folder: string): Promise<void> {
  if (isNearlyFull(await look(folder))) throw diskFull();
}

/** For tests: overrides the reported disk space. Returns a function that restores it. */
export function pretendDisk(said: Awaited<ReturnType<typeof look>>): () => void {
  const before = look;
  look = async () => said;
  return () => {
    look = before;
  };
}
