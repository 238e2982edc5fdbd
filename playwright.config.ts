import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const port = Number(process.env.E2E_PORT ?? 3391);

/** Tests that sign in as the demo user or register their own users. */
const WITHOUT_USER = ['**/catalogue.e2e.ts', '**/first-use.e2e.ts'];
/**
 * Runs the built app on an empty data folder in the system's Chromium. join.setup.ts registers a user first; most other files depend on that
 * and not on each other. They share one app, so there is one worker.
 */
export default defineConfig({
  testDir: 'tests/e2e',
  projects: [
    { name: 'join', testMatch: '**/*.setup.ts' },
    { name: 'app', testMatch: '**/*.e2e.ts', testIgnore: WITHOUT_USER, dependencies: ['join'] },
    { name: 'alone', testMatch: WITHOUT_USER },
  ],
  outputDir: `test-results/${port}`,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // scripts/test.mjs names the tests that pass only when they are repeated.
  retries: process.env.CI ? 1 : 0,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: `http://localhost:${port}`,
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    // Recording the DOM of every step costs much CPU time in the browser and in the test, so it is on only when asked for.
    trace: process.env.E2E_TRACE ? { mode: 'retain-on-failure', screenshots: false } : 'off',
    launchOptions: {
      executablePath:
        process.env.CHROMIUM ??
        ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => existsSync(file)),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node tests/e2e/server.mjs ${port}`,
    url: `http://127.0.0.1:${port}/api/health`,
    timeout: 120_000,
    stdout: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
  },
});
