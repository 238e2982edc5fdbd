// `npm run backup` and `npm run restore`: the commands of backup/cli.ts, with the settings of .env as the app reads them.
import { constants } from 'node:os';
import { checkNode, loadEnvFile, root } from './lib.mjs';

checkNode();
loadEnvFile();
const [command = '', ...args] = process.argv.slice(2);
// npm changes to the project's folder; relative paths mean the one that it was called in.
const from = process.env.INIT_CWD || process.cwd();
process.chdir(root);
process.env.NODE_ENV ||= 'production';
process.env.TRIBUTARY_LOG ||= 'warn';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    console.error('Interrupted.');
    process.exit(128 + constants.signals[signal]);
  });
const { register } = await import('tsx/esm/api');
register();
const { run } = await import('../backup/cli.ts');
process.exit(await run(command === 'restore' ? 'restore' : 'backup', args, from));
