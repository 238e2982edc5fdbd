import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { serveSnapshots } from '@/backup/serve-snapshots';
import { assertRestoreFinished, UnfinishedRestore } from '@/backup/unfinished';
import { type Db, getDb } from '@/db/client';
import { DatabaseUnreachable } from '@/db/connect-with-retry';
import { followDatabaseClock } from '@/db/database-clock';
import { OtherEmbeddedVersion } from '@/db/embedded-folder';
import { FolderInUse } from '@/db/folder-lock';
import { UnknownDatabase } from '@/db/known-version';
import { DatabaseRightsError } from '@/db/login';
import { UnusableServer } from '@/db/usable-server';
import { liveHub } from '@/server/domains/live/hub';
import { systemClock } from '@/server/foundation/clock';
import { EnvError, env, exposureProblems } from '@/server/foundation/env';
import { scrubError } from '@/server/foundation/error-text';
import { watchHttp } from '@/server/foundation/http/drain';
import { log } from '@/server/foundation/log';
import { makeFilesPrivate, restrictPermissions } from '@/server/foundation/private-files';
import { secrets } from '@/server/foundation/secrets';
import { checkSecretsFit } from './boot-secrets';
import { stopOnSignal } from './boot-signals';
import { startHeartbeat } from './embedded/heartbeat';
import { setWaker } from './embedded/intake';
import { RecoveryWatch } from './embedded/recovery';
import { EmbeddedRunner } from './embedded/runner';
import { events, sendEvents } from './event-publisher';
import { recoverAll } from './functions/publishing/recovery';
import { runLog } from './middleware/run-log';
import { handleInngest } from './serve';

const shared = globalThis as typeof globalThis & { __tributaryBoot?: Promise<void> };

/** Time on SIGTERM, in milliseconds: for requests in flight, for the runner's steps, and until the process must have ended. */
const DRAIN_MS = 10_000;
const RUNNER_MS = 8_000;
const STOP_MS = 20_000;

/**
 * Opens the sandbox, opens and migrates the database, seeds the demo and starts the embedded runner, once per process. A failure ends the
 * process, because the server would otherwise respond with 500 forever.
 */
export function boot(openSandbox: () => Promise<void> = async () => {}): Promise<void> {
  shared.__tributaryBoot ??= start(openSandbox).catch((error: unknown) => {
    // For the operator who starts the app, on as many lines as needed. No data from clients is involved yet.
    const words = OPERATOR_ERRORS.some((kind) => error instanceof kind)
      ? (error as Error).message
      : inspect(scrubError(error));
    process.stderr.write(`${words}\n`);
    process.exit(1);
  });
  return shared.__tributaryBoot;
}
/** Errors whose message is meant for the operator. A stack trace would not help. */
const OPERATOR_ERRORS = [
  EnvError,
  FolderInUse,
  UnknownDatabase,
  OtherEmbeddedVersion,
  UnfinishedRestore,
  DatabaseRightsError,
  DatabaseUnreachable,
  UnusableServer,
];

async function start(openSandbox: () => Promise<void>): Promise<void> {
  makeFilesPrivate();
  const http = watchHttp();
  let runner: EmbeddedRunner | undefined;
  let db: Db | undefined;
  const last: (() => void)[] = [];
  stopOnSignal(async () => {
    if (db) liveHub(db, systemClock).close();
    // Requests and the runner need the database until they have finished.
    await Promise.all([http.drain(DRAIN_MS), runner?.stop(RUNNER_MS)]);
    await runLog.flush();
    for (const stop of last) stop();
    await db?.close();
  }, STOP_MS);

  const settings = env();
  const open = exposureProblems(settings, http.addresses(settings.PORT));
  if (open.length > 0) throw new EnvError(open);
  restrictFolder(settings.dataDir);
  await assertRestoreFinished(settings);
  secrets();
  await openSandbox();
  const opened = await getDb();
  db = opened;
  await opened.migrate();
  await checkSecretsFit(opened);
  last.push(await followDatabaseClock(opened));
  if (settings.demo) {
    const { seedDemo } = await import('@/db/seed');
    const demo = await seedDemo(opened);
    // Only if the demo was just created: later changes belong to its users.
    if (demo?.fresh) {
      const { seedContent } = await import('@/db/seed/content');
      await seedContent(opened, { ...demo, clock: systemClock }).catch((error: unknown) =>
        log().warn({ err: error }, 'the demo content could not be created'),
      );
    }
  }
  if (opened.kind === 'pglite') last.push(await serveSnapshots(opened, settings.dataDir, secrets));
  if (!settings.externalInngest) runner = await startRunner(opened);
  // Publish posts that came due while the app was not running, without waiting for the next minute's sweep.
  if (runner) await events.publish('publishing/sweep.requested', {});
  last.push(startHeartbeat(opened, systemClock, () => runner?.alive ?? true));
}

/** Makes files private again that earlier versions or other programs left readable to everyone. */
function restrictFolder(folder: string): void {
  if (!existsSync(/* turbopackIgnore: true */ folder)) return;
  const refused = restrictPermissions(folder);
  if (refused.length > 0)
    log().warn(
      { first: refused[0], count: refused.length },
      'files in the data folder are still readable by other users',
    );
}

async function startRunner(db: Db): Promise<EmbeddedRunner> {
  const runner = await EmbeddedRunner.create({
    db,
    handler: handleInngest,
    signingKey: secrets().inngestSigningKey,
    clock: systemClock,
    onError: (error, doing) => log().error({ err: error }, `the runner could not ${doing}`),
  });
  setWaker(runner);
  // No other process can have the embedded database open, so any work in progress belongs to a process that has ended.
  if (db.kind === 'pglite')
    await recoverAll(db, { alone: true }).catch((error: unknown) =>
      log().error({ err: error }, 'the check for interrupted work failed'),
    );
  runner.start();
  new RecoveryWatch({
    db,
    clock: systemClock,
    active: () => runner.running,
    request: async () => {
      await sendEvents([{ name: 'publishing/recovery.requested', data: {} }]);
    },
    onError: (error) => log().warn({ err: error }, 'the check for interrupted work failed'),
  }).start();
  return runner;
}
