// Tests that use no resources of the machine share a process and run in no particular order. A test that opens a port or starts a process
// or a thread has to import the module that does so, or to declare `// @alone: why`. It then gets its own process (scripts/test-plan.mjs).
import { createRequire, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const require = createRequire(import.meta.url);
const refuse = (what: string) => () => {
  throw new Error(`A test that shares its process must not ${what}: see scripts/test-plan.mjs`);
};

const processes = require('node:child_process') as Record<string, unknown>;
for (const name of ['spawn', 'spawnSync', 'fork', 'exec', 'execSync', 'execFile', 'execFileSync'])
  processes[name] = refuse('start a process');
(require('node:worker_threads') as Record<string, unknown>).Worker = class {
  constructor() {
    refuse('start a thread')();
  }
};
net.Server.prototype.listen = refuse('open a port');
net.Socket.prototype.connect = refuse('connect to a port');
syncBuiltinESMExports();
