import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Holder, ownHolder } from './folder-holder';
import { FolderInUse, HEARTBEAT_MS, type LockOptions, type LockTime, lockFolder } from './folder-lock';

let scratch: string;
let folder: string;
const started: ChildProcess[] = [];
const releases: (() => void)[] = [];
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'tributary-lock-'));
  folder = path.join(scratch, 'pglite');
});
afterEach(async () => {
  for (const release of releases.splice(0)) release();
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

/** A clock that advances only during `sleep` and `pass`, running every heartbeat that falls due meanwhile. */
function virtualTime(): LockTime & { pass(ms: number): void; stopBeats(): void } {
  let now = 0;
  const beats = new Set<{ at: number; ms: number; work: () => void }>();
  const pass = (ms: number) => {
    const until = now + ms;
    for (;;) {
      const next = [...beats].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      now = next.at;
      next.at += next.ms;
      next.work();
    }
    now = until;
  };
  return {
    now: () => now,
    sleep: async (ms) => pass(ms),
    every(ms, work) {
      const beat = { at: now + ms, ms, work };
      beats.add(beat);
      return () => beats.delete(beat);
    },
    pass,
    stopBeats: () => beats.clear(),
  };
}

async function take(options: LockOptions = {}): Promise<() => void> {
  const release = await lockFolder(folder, options);
  releases.push(release);
  return release;
}
const forge = (record: Partial<Holder>) =>
  writeFileSync(`${folder}.lock.json`, JSON.stringify({ ...ownHolder(new Date()), ...record }));

/** Starts a process that acquires the folder and prints a message when it has. `prefix` is the command that wraps it. */
function holder(options: { prefix?: string[]; waitMs?: number } = {}) {
  const [command = '', ...args] = [
    ...(options.prefix ?? []),
    process.execPath,
    '--import',
    'tsx',
    'db/test-hold-folder.ts',
    folder,
    String(options.waitMs ?? 0),
  ];
  const child = spawn(command, args, { env: process.env, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  let output = '';
  let heard = () => {};
  child.stdout?.on('data', (text) => {
    output += text;
    heard();
  });
  const ended = new Promise<number | string>((done) =>
    child.once('exit', (code, signal) => done(code ?? String(signal))),
  );
  const said = (words: RegExp) =>
    new Promise<string>((done, fail) => {
      heard = () => {
        if (words.test(output)) done(output);
      };
      heard();
      void ended.then((code) => fail(new Error(`ended with ${code}: ${output}`)));
    });
  return { child, said, ended, output: () => output };
}

test('a second holder is refused with a clear message while the first lives, and succeeds afterwards', async () => {
  const release = await take();
  const refused = await take().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FolderInUse);
  expect(String(refused)).toContain(`in use by process ${process.pid} on `);
  expect(String(refused)).toMatch(/DATABASE_FOLDER_WAIT[\s\S]*DATABASE_URL/);
  release();
  await take();
});

test('the content of the lock file is ignored: own PIDs, live PIDs and nonsense', async () => {
  for (const text of [String(process.pid), '1', String(process.ppid), '', 'nonsense']) {
    writeFileSync(`${folder}.lock`, text);
    (await take({ time: virtualTime() }))();
  }
});

test('a process is refused while another one holds the folder, and starts immediately after that one is killed', async () => {
  const first = holder();
  await first.said(/taken/);
  await expect(take()).rejects.toThrow(`process ${first.child.pid}`);
  first.child.kill('SIGKILL');
  await first.ended;
  const time = virtualTime();
  await take({ time });
  // The holder is known to be gone, so no heartbeat is awaited.
  expect(time.now()).toBeLessThan(HEARTBEAT_MS);
});

const canUnshare =
  process.platform === 'linux' && spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

test.runIf(canUnshare)(
  'two containers in which both processes are PID 1 exclude each other, and the next one starts after a kill',
  async () => {
    const container = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const first = holder({ prefix: container });
    await first.said(/taken as 1\b/);
    const second = holder({ prefix: container });
    expect(await second.ended).toBe(3);
    expect(second.output()).toContain('in use by process 1 on');
    const third = holder({ prefix: container, waitMs: 60_000 });
    await third.said(/Waiting up to 60 s for process 1/);
    first.child.kill('SIGKILL');
    await third.said(/taken as 1\b/);
  },
);

test('a wait is bounded and reports whom it waits for', async () => {
  await take();
  const time = virtualTime();
  const notices: string[] = [];
  await expect(take({ time, waitMs: 10_000, onWait: (words) => notices.push(words) })).rejects.toThrow(
    'It has waited 10 s',
  );
  expect(time.now()).toBeGreaterThanOrEqual(10_000);
  expect(time.now()).toBeLessThan(11_000);
  expect(notices).toEqual([expect.stringContaining(`Waiting up to 10 s for process ${process.pid}`)]);
});

test('a reused PID blocks no process', async () => {
  forge({ pid: process.ppid, began: 'another time' });
  const time = virtualTime();
  await take({ time });
  if (process.platform === 'linux') expect(time.now()).toBeLessThan(HEARTBEAT_MS);
});

test('without a kernel lock, a record that is being renewed refuses others, and a stale one is taken over', async () => {
  const time = virtualTime();
  const first = await take({ kernel: null, time });
  await expect(take({ kernel: null, time })).rejects.toBeInstanceOf(FolderInUse);
  time.stopBeats();
  const before = time.now();
  const second = await take({ kernel: null, time });
  expect(time.now() - before).toBeGreaterThanOrEqual(5 * HEARTBEAT_MS);
  // The first holder releases too late and must not remove the second one's record.
  first();
  expect(readFileSync(`${folder}.lock.json`, 'utf8')).toContain('"beat"');
  second();
});

test('a record from another machine or from before a reboot is watched before it is taken over', async () => {
  forge({ boot: 'another', machine: 'elsewhere', pid: 1 });
  const time = virtualTime();
  await take({ time });
  expect(time.now()).toBeGreaterThanOrEqual(5 * HEARTBEAT_MS);
});

test("a holder that was presumed dead ends when it resumes, and leaves its successor's record alone", async () => {
  const time = virtualTime();
  let lost = 0;
  await take({ kernel: null, time, onLost: () => lost++ });
  forge({ instance: 'successor' });
  const theirs = readFileSync(`${folder}.lock.json`, 'utf8');
  time.pass(HEARTBEAT_MS);
  expect(lost).toBe(1);
  expect(readFileSync(`${folder}.lock.json`, 'utf8')).toBe(theirs);
});

test('a removed record is restored at the next heartbeat, and the kernel lock still refuses others meanwhile', async () => {
  const time = virtualTime();
  await take({ time });
  rmSync(`${folder}.lock.json`);
  await expect(take({ time })).rejects.toBeInstanceOf(FolderInUse);
  time.pass(HEARTBEAT_MS);
  expect(readFileSync(`${folder}.lock.json`, 'utf8')).toContain(`"pid":${process.pid}`);
});

test('at most one live holder has the folder, whatever the order of events', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('take', 'take without the kernel', 'release', 'die', 'pass'), {
        maxLength: 12,
      }),
      async (steps) => {
        const time = virtualTime();
        let held: { release: () => void; dead: boolean } | undefined;
        for (const step of steps) {
          if (step === 'pass') time.pass(3 * HEARTBEAT_MS);
          else if (step === 'release') {
            held?.release();
            held = undefined;
          } else if (step === 'die') {
            time.stopBeats();
            if (held) held.dead = true;
          } else {
            const options = { time, kernel: null };
            const taken = await lockFolder(folder, options).catch((error: unknown) => error);
            if (held && !held.dead) expect(taken).toBeInstanceOf(FolderInUse);
            else {
              expect(taken).toBeTypeOf('function');
              held = { release: taken as () => void, dead: false };
            }
          }
        }
        held?.release();
        rmSync(`${folder}.lock.json`, { force: true });
      },
    ),
    { numRuns: 25 },
  );
});
