import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** All in a folder, itself too, whose rights are others than 0700 for folders and 0600 for files: path and mode. Links are left out. */
export function openModes(folder: string): string[] {
  return everything(folder).flatMap((entry) => {
    const found = lstatSync(entry);
    const mode = found.mode & 0o7777;
    return mode === (found.isDirectory() ? 0o700 : 0o600) ? [] : [`${entry} ${mode.toString(8)}`];
  });
}

/** Makes all in a folder readable and writable by everybody, as the embedded database does by itself. */
export function openAll(folder: string): void {
  for (const entry of everything(folder)) chmodSync(entry, lstatSync(entry).isDirectory() ? 0o777 : 0o666);
}

const everything = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? everything(full) : entry.isSymbolicLink() ? [] : [full];
  }),
];
