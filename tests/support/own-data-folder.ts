// Each test file keeps files and secrets in a temporary data folder that is removed at its end. The checkout's own `.data` belongs to the
// developer, and a test must be given its database (`setDb`) instead of using the process's own. Access to either fails immediately, and
// fails the test file even if the error is caught.
import { rmSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const checkout = path.resolve('.data');
/** The data folder of each test file is `<tmp>/tributary-test-<process>-<number>`. */
const FOLDERS = path.join(tmpdir(), 'tributary-test-');
const folder = `${FOLDERS}${process.pid}-${process.hrtime.bigint()}`;
process.env.TRIBUTARY_DATA_DIR = folder;

type Functions = Record<string, unknown>;
/** Functions that create, change or open a file or a folder. Checking whether one exists is harmless. */
const OPENS = [
  'appendFile',
  'copyFile',
  'cp',
  'createReadStream',
  'createWriteStream',
  'mkdir',
  'open',
  'readFile',
  'rename',
  'rm',
  'writeFile',
].flatMap((name) => [name, `${name}Sync`]);

/**
 * Forbidden access that no test file has reported yet. There is one list per process, because the files share it and `node:fs` is replaced
 * once.
 */
const shared = globalThis as typeof globalThis & { __testOpened?: string[] };
shared.__testOpened ??= watch();
const opened = shared.__testOpened;

function problemOf(file: string): string | undefined {
  const inCheckout = path.relative(checkout, file);
  if (!inCheckout.startsWith('..'))
    return `a test opens ${file}, which is the checkout's own: its data folder is TRIBUTARY_DATA_DIR`;
  // The database's folder, its lock, and the folder in which it is created.
  if (file.startsWith(FOLDERS) && /^\d+-\d+[\\/]pglite/.test(file.slice(FOLDERS.length)))
    return "a test opens the process's own database: it has to be given one with setDb, and what it began has to end with it";
  return undefined;
}

function watch(): string[] {
  const found: string[] = [];
  const fs = createRequire(import.meta.url)('node:fs') as Functions;
  for (const module of [fs, fs.promises as Functions])
    for (const name of OPENS) {
      const real = module[name];
      if (typeof real !== 'function') continue;
      module[name] = (...given: unknown[]) => {
        for (const one of given) {
          const problem = typeof one === 'string' ? problemOf(path.resolve(one)) : undefined;
          if (!problem) continue;
          found.push(problem);
          throw new Error(problem);
        }
        return Reflect.apply(real, module, given);
      };
    }
  syncBuiltinESMExports();
  return found;
}

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  const problems = new Set(opened.splice(0));
  if (problems.size > 0) throw new Error([...problems].join('\n'));
});
