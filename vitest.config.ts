import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { projectOf, testFiles } from './scripts/test-plan.mjs';

type Project = ReturnType<typeof projectOf>;

/** Square brackets and the like in a path mean themselves. */
const literal = (file: string) => file.replace(/[[\](){}*?!]/g, '\\$&');

/** The test files of one kind. Those that need nothing of their own share a process, which loads the code once for all of them. */
const project = (name: Project, { shared, database }: { shared: boolean; database: boolean }) => ({
  extends: true as const,
  test: {
    name,
    include: testFiles()
      .filter((file) => projectOf(file) === name)
      .map(literal),
    isolate: !shared,
    setupFiles: [
      'tests/support/english.ts',
      'tests/support/own-data-folder.ts',
      ...(shared ? ['tests/support/leave-no-trace.ts'] : []),
      ...(name === 'pure' ? ['tests/support/no-machine.ts'] : []),
      ...(name === 'database' ? ['tests/support/leave-no-doubles.ts'] : []),
    ],
    globalSetup: database ? ['tests/support/global-setup.ts'] : [],
  },
});

export default defineConfig({
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, ''),
      'server-only': fileURLToPath(new URL('./tests/support/empty.ts', import.meta.url)),
    },
  },
  test: {
    // Imports next/server without its extension, which Node alone does not find.
    server: { deps: { inline: ['next-auth'] } },
    // A zone with a 45-minute offset finds every time-zone mistake.
    env: { TZ: 'Asia/Kathmandu', TRIBUTARY_TEST: '1' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project('pure', { shared: true, database: false }),
      project('alone', { shared: false, database: false }),
      project('database', { shared: true, database: true }),
      project('database-alone', { shared: false, database: true }),
    ],
  },
});
