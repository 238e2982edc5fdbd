// Each test file keeps files and secrets in a temporary data folder, removed at its end. The checkout's own `.data` belongs to whoever
// works here, and the process's own database is one that a test has to give it (`setDb`): what opens either fails at once, and fails its
// file even where the error is caught.
import { rmSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const checkout = path.resolve('.data');
/** Every test file's data folder is `<tmp>/tributary-test-<process>-<number>`. */
const FOLDERS = path.join(tmpdir(), 'tributary-test-');
const folder = `${FOLDERS}${process.pid}-${process.hrtime.bigint()}`;
process.env.TRIBUTARY_DATA_DIR = folder;

type Functions = Record<string, unknown>;
/** What makes, changes or opens a file or a folder. Looking whether one is there does no harm. */
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

/** What tests opened and no file was told of yet. One list for the process: its files share it, and `node:fs` is replaced once. */
const shared = globalThis as typeof globalThis & { __testOpened?: string[] };
shared.__testOpened ??= watch();
const opened = shared.__testOpened;

function problemOf(file: string): string | undefined {
  const inCheckout = path.relative(checkout, file);
  if (!inCheckout.startsWith('..'))
    return `a test opens ${file}, which is the checkout's own: its data folder is TRIBUTARY_DATA_DIR`;
  // The database's folder, its lock, and the folder in which it is made.
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
