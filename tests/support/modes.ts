import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Returns the path and mode of everything in a folder, including the folder, whose mode is not 0700 (folders) or 0600 (files). Links are
 * excluded.
 */
export function openModes(folder: string): string[] {
  return everything(folder).flatMap((entry) => {
    const found = lstatSync(entry);
    const mode = found.mode & 0o7777;
    return mode === (found.isDirectory() ? 0o700 : 0o600) ? [] : [`${entry} ${mode.toString(8)}`];
  });
}

/** Makes everything in a folder readable and writable by everyone, as the embedded database does by default. */
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
