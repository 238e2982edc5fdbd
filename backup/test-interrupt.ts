import { env } from '@/server/foundation/env';
import { restoreBackup } from './restore';

/** Restores a backup in a process that is killed at a point: `<file> <passphrase> <point>`. For restore.test.ts. */
const [file = '', passphrase = '', point = ''] = process.argv.slice(2);
void restoreBackup({
  file,
  passphrase,
  settings: env(),
  onPoint: (name) => {
    if (name === point) process.kill(process.pid, 'SIGKILL');
  },
});
