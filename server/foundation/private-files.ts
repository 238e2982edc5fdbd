import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 0o700;
const FILE = 0o600;

/**
 * From now on whatever this process, its threads and its children make is readable by their user only. The embedded database asks for
 * files that everybody may write. Has no meaning on Windows, where a folder hands its own list of rights down.
 */
export function makeFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Takes the rights of others from a folder and all that is in it: 0700 for folders, 0600 for files. Links are left alone and not followed;
 * what is right already is not written. Answers the paths whose rights could not be changed (of another user, or on a file system that
 * keeps none). Does nothing on Windows.
 */
export function repairPrivacy(folder: string): string[] {
  if (process.platform === 'win32') return [];
  const refused: string[] = [];
  const visit = (entry: string) => {
    try {
      const { mode, isFolder } = look(entry);
      if (isFolder === undefined) return;
      const wanted = isFolder ? FOLDER : FILE;
      // From the outside in: once a folder is closed, nobody exchanges what is in it.
      if ((mode & 0o7777) !== wanted) {
        chmodSync(/* turbopackIgnore: true */ entry, wanted);
        if ((look(entry).mode & 0o077) !== 0) refused.push(entry);
      }
      if (isFolder)
        for (const name of readdirSync(/* turbopackIgnore: true */ entry))
          visit(path.join(/* turbopackIgnore: true */ entry, name));
    } catch (error) {
      // What has gone meanwhile needs nothing.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') refused.push(entry);
    }
  };
  visit(folder);
  return refused;
}

/** `isFolder` is undefined for what is neither a folder nor a plain file. */
function look(entry: string): { mode: number; isFolder: boolean | undefined } {
  const found = lstatSync(/* turbopackIgnore: true */ entry);
  return { mode: found.mode, isFolder: found.isDirectory() ? true : found.isFile() ? false : undefined };
}
