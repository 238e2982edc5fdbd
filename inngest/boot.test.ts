import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { fillFolder } from '@/tests/support/db';
import { openAll, openModes } from '@/tests/support/modes';

// Each test starts a whole process, because the behaviour under test ends it.
const started: ChildProcess[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-boot-'));
});
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(settings: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'inngest/test-boot.ts'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      TRIBUTARY_DATA_DIR: path.join(folder, 'data'),
      TRIBUTARY_LOG: 'silent',
      ...settings,
    },
  });
  started.push(child);
  let output = '';
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output += text;
      heard();
    });
  const ended = new Promise<number | string>((done) =>
    child.on('exit', (code, signal) => done(code ?? String(signal))),
  );
  const said = (words: RegExp) =>
    new Promise<void>((done, fail) => {
      heard = () => {
        if (words.test(output)) done();
      };
      heard();
      void ended.then((code) => fail(new Error(`ended with ${code}: ${output}`)));
    });
  return { child, ended, said, output: () => output };
}

it('on an empty folder, migrates, seeds the demo and starts the runner, and shuts down cleanly with exit code 0 on SIGTERM', async () => {
  const first = start({ TRIBUTARY_DEMO: '1', TRIBUTARY_SANDBOX: '1' });
  await first.said(/healthy 1/);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  const secrets = readFileSync(path.join(folder, 'data', 'secrets.json'), 'utf8');
  expect(openModes(path.join(folder, 'data'))).toEqual([]);
  openAll(path.join(folder, 'data'));
  // The first process left the folder in a state that the next start can open, with a single demo and the same secrets.
  const second = start({ TRIBUTARY_DEMO: '1', TRIBUTARY_SANDBOX: '1' });
  await second.said(/healthy 1/);
  expect(openModes(path.join(folder, 'data'))).toEqual([]);
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
  expect(readFileSync(path.join(folder, 'data', 'secrets.json'), 'utf8')).toBe(secrets);
  expect(first.output() + second.output()).not.toMatch(/error/i);
}, 180_000);

it('creates neither the demo nor a sandbox account by default', async () => {
  const dataDir = path.join(folder, 'bare');
  await fillFolder(path.join(dataDir, 'pglite'));
  copyFileSync(path.join(folder, 'data', 'secrets.json'), path.join(dataDir, 'secrets.json'));
  const bare = start({ TRIBUTARY_DATA_DIR: dataDir });
  await bare.said(/healthy 0/);
  bare.child.kill('SIGTERM');
  expect(await bare.ended).toBe(0);
}, 180_000);

it('exits with 1 and names an invalid setting without its value, and writes nothing', async () => {
  const wrong = start({ TRIBUTARY_DATA_DIR: path.join(folder, 'wrong'), AUTH_SECRET: 'hunter2' });
  expect(await wrong.ended).toBe(1);
  expect(wrong.output()).toContain('AUTH_SECRET: must have at least 32 characters');
  expect(wrong.output()).not.toContain('hunter2');
  expect(wrong.output()).not.toMatch(/\n\s+at /);
  expect(existsSync(path.join(folder, 'wrong'))).toBe(false);
}, 120_000);

it('exits with 1 when the database cannot be opened, instead of responding with 500 forever', async () => {
  const lost = start({
    TRIBUTARY_DATA_DIR: path.join(folder, 'lost'),
    DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:1/x',
    DATABASE_START_WAIT: '1',
  });
  expect(await lost.ended).toBe(1);
  expect(lost.output()).toContain('ECONNREFUSED');
  expect(lost.output()).not.toContain('hunter2');
}, 120_000);

it('exits with 1 and instructions if a restore was interrupted, and writes nothing', async () => {
  const dataDir = path.join(folder, 'half');
  mkdirSync(path.join(dataDir, 'restoring'), { recursive: true });
  writeFileSync(path.join(dataDir, 'restoring', 'restore.json'), JSON.stringify({ id: 'x', file: '/b.age' }));
  const half = start({ TRIBUTARY_DATA_DIR: dataDir });
  expect(await half.ended).toBe(1);
  expect(half.output()).toMatch(/was interrupted[\s\S]*npm run restore -- \/b\.age/);
  expect(half.output()).not.toMatch(/\n\s+at /);
  expect(readdirSync(dataDir)).toEqual(['restoring']);
}, 120_000);

it('exits with 1 and instructions if the embedded database was made by another PostgreSQL version', async () => {
  const dataDir = path.join(folder, 'older');
  mkdirSync(path.join(dataDir, 'pglite'), { recursive: true });
  copyFileSync(path.join(folder, 'data', 'secrets.json'), path.join(dataDir, 'secrets.json'));
  writeFileSync(path.join(dataDir, 'pglite', 'PG_VERSION'), '17');
  const older = start({ TRIBUTARY_DATA_DIR: dataDir });
  expect(await older.ended).toBe(1);
  expect(older.output()).toMatch(/made by PostgreSQL 17[\s\S]*docs\/backup\.md/);
  expect(older.output()).not.toMatch(/\n\s+at /);
  expect(readdirSync(path.join(dataDir, 'pglite'))).toEqual(['PG_VERSION']);
}, 120_000);
