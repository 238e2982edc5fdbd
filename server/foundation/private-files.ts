import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 0o700;
const FILE = 0o600;

/**
 * Makes everything that this process, its threads and its children create from now on accessible to its user only. The embedded database
 * requests files that everyone may write. Has no effect on Windows, where files inherit the access list of their folder.
 */
export function makeFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Removes the rights of others from a folder and everything in it: 0700 for folders, 0600 for files. Links are neither changed nor
 * followed, and modes that are already right are not written. Returns the paths whose mode could not be changed (because of another owner,
 * or a file system without modes). Does nothing on Windows.
 */
export function restrictPermissions(folder: string): string[] {
  if (process.platform === 'win32') return [];
  const refused: string[] = [];
  const visit = (entry: string) => {
    try {
      const { mode, isFolder } = look(entry);
      if (isFolder === undefined) return;
      const wanted = isFolder ? FOLDER : FILE;
      // From the outside in: once a folder is closed, other users cannot replace its contents.
      if ((mode & 0o7777) !== wanted) {
        chmodSync(/* turbopackIgnore: true */ entry, wanted);
        if ((look(entry).mode & 0o077) !== 0) refused.push(entry);
      }
      if (isFolder)
        for (const name of readdirSync(/* turbopackIgnore: true */ entry))
          visit(path.join(/* turbopackIgnore: true */ entry, name));
    } catch (error) {
      // An entry that has been deleted meanwhile needs no change.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') refused.push(entry);
    }
  };
  visit(folder);
  return refused;
}

/** `isFolder` is undefined if the entry is neither a folder nor a regular file. */
function look(entry: string): { mode: number; isFolder: boolean | undefined } {
  const found = lstatSync(/* turbopackIgnore: true */ entry);
  return { mode: found.mode, isFolder: found.isDirectory() ? true : found.isFile() ? false : undefined };
}
