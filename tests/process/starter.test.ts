import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { expect, test } from 'vitest';

/** Runs the starter with a server of this source. `act` receives the output so far and the process ids of the starter and the server. */
function run(source: string, act: (words: string, starter: number, server: number) => void = () => {}) {
  const starter = spawn(process.execPath, ['tests/process/test-server.mjs', source], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let words = '';
  starter.stdout.on('data', (text) => {
    words += text;
    act(words, starter.pid ?? 0, Number(/server (\d+)/.exec(words)?.[1]));
  });
  return new Promise<{ code: number | string; words: string }>((done) =>
    starter.once('close', (code, signal) => done({ code: code ?? String(signal), words })),
  );
}
const idle = 'setInterval(() => {}, 1000); console.log("up");';

test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGTERM'] as const)(
  'a server killed by %s is a failure with the number of the signal',
  async (signal) => {
    let sent = false;
    const { code } = await run(idle, (words, _, server) => {
      if (!sent && words.includes('up')) sent = process.kill(server, signal);
    });
    expect(code).toBe(128 + constants.signals[signal]);
  },
);

test('an abort for lack of memory is a failure', async () => {
  const { code } = await run('process.abort()');
  expect(code).toBe(128 + constants.signals.SIGABRT);
});

test("the server's own exit code is passed on", async () => {
  expect((await run('process.exit(7)')).code).toBe(7);
  expect((await run('process.exit(0)')).code).toBe(0);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'a %s is passed on, and a server that then exits cleanly is a success',
  async (signal) => {
    let sent = false;
    const { code, words } = await run(
      `process.on('${signal}', () => { console.log('ends'); process.exit(0); }); ${idle}`,
      (words, starter) => {
        if (!sent && words.includes('up')) sent = process.kill(starter, signal);
      },
    );
    expect({ code, ends: words.includes('ends'), asked: words.includes('asked true') }).toEqual({
      code: 0,
      ends: true,
      asked: true,
    });
  },
);

test('files that the server writes are readable only by its user', async () => {
  const { words } = await run('console.log("mask", process.umask())');
  expect(words).toContain(`mask ${0o077}`);
});
