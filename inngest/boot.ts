import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { type Db, getDb } from '@/db/client';
import { followDatabaseClock } from '@/db/database-clock';
import { FolderInUse } from '@/db/folder-lock';
import { UnknownDatabase } from '@/db/known-version';
import { DatabaseRightsError } from '@/db/login';
import { DatabaseUnreachable } from '@/db/reach-server';
import { UnusableServer } from '@/db/usable-server';
import { liveHub } from '@/server/domains/live/hub';
import { systemClock } from '@/server/foundation/clock';
import { EnvError, env, exposureProblems } from '@/server/foundation/env';
import { scrubError } from '@/server/foundation/error-text';
import { watchHttp } from '@/server/foundation/http/drain';
import { log } from '@/server/foundation/log';
import { makeFilesPrivate, repairPrivacy } from '@/server/foundation/private-files';
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

/** How long requests in flight get on SIGTERM, in milliseconds, how long the runner's steps, and when all has to be over. */
const DRAIN_MS = 10_000;
const RUNNER_MS = 8_000;
const STOP_MS = 20_000;

/**
 * Opens the sandbox, opens and migrates the database, seeds the demo and starts the embedded runner, once in a process. A failure ends the
 * process: the server would otherwise answer 500 for ever.
 */
export function boot(openSandbox: () => Promise<void> = async () => {}): Promise<void> {
  shared.__tributaryBoot ??= start(openSandbox).catch((error: unknown) => {
    // For whoever starts the app, in as many lines as it takes: nobody else had a part in it yet.
    const words = REFUSALS.some((kind) => error instanceof kind)
      ? (error as Error).message
      : inspect(scrubError(error));
    process.stderr.write(`${words}\n`);
    process.exit(1);
  });
  return shared.__tributaryBoot;
}
/** These say in words what a person has to do; where in the code they come from helps nobody. */
const REFUSALS = [
  EnvError,
  FolderInUse,
  UnknownDatabase,
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
    // Requests and the runner need the database to the end.
    await Promise.all([http.drain(DRAIN_MS), runner?.stop(RUNNER_MS)]);
    await runLog.flush();
    for (const stop of last) stop();
    await db?.close();
  }, STOP_MS);

  const settings = env();
  const open = exposureProblems(settings, http.addresses(settings.PORT));
  if (open.length > 0) throw new EnvError(open);
  closeFolder(settings.dataDir);
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
    // Only for a demo that was just made: what people do with it afterwards is theirs.
    if (demo?.fresh) {
      const { seedContent } = await import('@/db/seed/content');
      await seedContent(opened, { ...demo, clock: systemClock }).catch((error: unknown) =>
        log().warn({ err: error }, 'the demo could not be filled'),
      );
    }
  }
  if (!settings.externalInngest) runner = await startRunner(opened);
  // What came due while nobody ran does not wait for the next minute's sweep.
  if (runner) await events.publish('publishing/sweep.requested', {});
  last.push(startHeartbeat(opened, systemClock, () => runner?.alive ?? true));
}

/** What earlier versions and other programs left readable to everybody is closed at each start. */
function closeFolder(folder: string): void {
  if (!existsSync(/* turbopackIgnore: true */ folder)) return;
  const refused = repairPrivacy(folder);
  if (refused.length > 0)
    log().warn(
      { first: refused[0], count: refused.length },
      'files of the data folder stay readable to others',
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
  // Nobody else can have the embedded database open: what is under way there was so in a process that ended.
  if (db.kind === 'pglite')
    await recoverAll(db, { alone: true }).catch((error: unknown) =>
      log().error({ err: error }, 'what stopped half-way could not be looked for'),
    );
  runner.start();
  new RecoveryWatch({
    db,
    clock: systemClock,
    active: () => runner.running,
    request: async () => {
      await sendEvents([{ name: 'publishing/recovery.requested', data: {} }]);
    },
    onError: (error) => log().warn({ err: error }, 'what stopped half-way could not be looked for'),
  }).start();
  return runner;
}
