import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { Sequencer } from './scripts/test-order.mjs';
import { projectOf, testFiles } from './scripts/test-plan.mjs';

const WORKERS = 2;
type Project = ReturnType<typeof projectOf>;

/** Escapes square brackets and other glob characters in a path. */
const literal = (file: string) => file.replace(/[[\](){}*?!]/g, '\\$&');

/** What all projects share. They do not use `extends`, with which Vitest evaluates this file once for each of them. */
const common: TestProjectInlineConfiguration = {
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, ''),
      'server-only': fileURLToPath(new URL('./tests/support/empty.ts', import.meta.url)),
    },
  },
  // No test loads a style sheet. Without this, each project loads Tailwind for them.
  css: { postcss: {} },
  test: {
    // next-auth imports next/server without an extension, which Node alone cannot resolve.
    server: { deps: { inline: ['next-auth'] } },
    // A zone with a 45-minute offset exposes every time-zone mistake.
    env: { TZ: 'Asia/Kathmandu', TRIBUTARY_TEST: '1' },
    pool: 'forks',
    maxWorkers: WORKERS,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Like `eventually`: a loaded machine may need more than Vitest's one second.
    expect: { poll: { timeout: 30_000 } },
  },
};

/**
 * Defines the project for the test files of one kind. Files without special needs share a process, which loads the code once for all of
 * them.
 */
const project = (name: Project, { shared, database }: { shared: boolean; database: boolean }) => ({
  ...common,
  test: {
    ...common.test,
    name,
    include: testFiles()
      .filter((file) => projectOf(file) === name)
      .map(literal),
    isolate: !shared,
    setupFiles: [
      'tests/support/english.ts',
      'tests/support/own-data-folder.ts',
      ...(shared ? ['tests/support/restore-globals.ts'] : []),
      ...(name === 'pure' ? ['tests/support/no-machine.ts'] : []),
      ...(name === 'database' ? ['tests/support/reset-test-doubles.ts'] : []),
    ],
    globalSetup: database ? ['tests/support/global-setup.ts'] : [],
  },
});

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    sequence: { sequencer: Sequencer },
    projects: [
      project('pure', { shared: true, database: false }),
      project('alone', { shared: false, database: false }),
      project('database', { shared: true, database: true }),
      project('database-alone', { shared: false, database: true }),
    ],
  },
});
