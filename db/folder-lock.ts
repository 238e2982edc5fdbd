import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Takes `<folder>.lock` with this process's id. The embedded database does not guard its folder: two processes would lose
 * rows in silence. A lock whose process is gone is taken over. Returns the release; throws when a live process holds it.
 */
export function lockFolder(folder: string): () => void {
  const file = `${folder}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const release = () => {
        if (holder(file) === process.pid) rmSync(file, { force: true });
      };
      process.once('exit', release);
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = holder(file);
      if (pid !== undefined && pid !== process.pid && isAlive(pid))
        throw new Error(
          `The database folder is in use by process ${pid}. Stop it first, or use a PostgreSQL for several processes.`,
        );
      rmSync(file, { force: true });
    }
  }
  throw new Error(`Could not take ${file}`);
}

function holder(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
