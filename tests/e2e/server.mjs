// Starts the built app on a temporary folder, which is removed when the app ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bin, runServer } from '../../scripts/lib.mjs';

const port = process.argv[2] ?? '3391';
const dataDir = mkdtempSync(path.join(tmpdir(), 'tributary-e2e-'));
const server = runServer([bin('next/dist/bin/next'), 'start', '-p', port, '-H', '127.0.0.1'], {
  ...process.env,
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_MANUAL_SIG_HANDLE: 'true',
  PORT: port,
  APP_URL: `http://localhost:${port}`,
  TRIBUTARY_DATA_DIR: dataDir,
  TRIBUTARY_SANDBOX: '1',
  TRIBUTARY_DEMO: '1',
  TRIBUTARY_PSEUDO_LOCALE: '1',
  TRIBUTARY_LOG: 'warn',
});
const code = await server.ended;
rmSync(dataDir, { recursive: true, force: true });
process.exit(code);
