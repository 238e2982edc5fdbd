import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { BackupError, EXTENSION } from './format';

/**
 * Returns the file to create: `to` itself, or a file with the time in its name if `to` is a folder, a link to one, or ends with a slash. No
 * `to` means the folder `from`, at which relative paths start. Throws BackupError if nothing can be created there.
 */
export async function targetOf(to: string | undefined, from: string, now: Date): Promise<string> {
  if (to === '') throw new BackupError('--to needs the name of a file or a folder. Nothing was changed.');
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  const name = `tributary-${time}Z${EXTENSION}`;
  const full = path.resolve(from, to ?? '');
  const isFolder = to === undefined || /[\\/]$/.test(to) || (await look(full, stat))?.isDirectory();
  const target = isFolder ? path.join(full, name) : full;
  await assertFree(target);
  return target;
}

/** Throws BackupError if there is anything of this name already, a link without a target included, or no folder to create it in. */
export async function assertFree(target: string): Promise<void> {
  const folder = path.dirname(target);
  const parent = await look(folder, stat);
  if (!parent) throw new BackupError(`The folder ${folder} does not exist. Create it first.`);
  if (!parent.isDirectory()) throw new BackupError(`${folder} is not a folder. Choose another name.`);
  const there = await look(target, lstat);
  if (there)
    throw new BackupError(
      `There is already ${kindOf(there)} ${target}. Nothing was changed. Choose another name.`,
    );
}

type Found = Awaited<ReturnType<typeof lstat>>;

/** What is there; null if there is nothing, which is also what a link without a target leads to. */
const look = (file: string, how: typeof lstat | typeof stat): Promise<Found | null> =>
  how(file).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return null;
    throw error;
  });

const kindOf = (found: Found): string =>
  found.isSymbolicLink() ? 'a link' : found.isDirectory() ? 'a folder' : 'a file';
