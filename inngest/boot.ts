import { type Db, getDb } from '@/db/client';
import { followDatabaseClock } from '@/db/database-clock';
import { systemClock } from '@/server/foundation/clock';
import { EnvError, env } from '@/server/foundation/env';
import { scrubError } from '@/server/foundation/error-text';
import { log } from '@/server/foundation/log';
import { secrets } from '@/server/foundation/secrets';
import { inngest } from './client';
import { startHeartbeat } from './embedded/heartbeat';
import { setWaker } from './embedded/intake';
import { RecoveryWatch } from './embedded/recovery';
import { EmbeddedRunner } from './embedded/runner';
import { recoverAll } from './functions/publishing/recovery';
import { runLog } from './middleware/run-log';
import { handleInngest } from './serve';
import { signals } from './signals';

const shared = globalThis as typeof globalThis & { __tributaryBoot?: Promise<void> };

/**
 * Opens the sandbox, opens and migrates the database, seeds the demo and starts the embedded runner, once in a process. A failure ends the
 * process: the server would otherwise answer 500 for ever.
 */
export function boot(openSandbox: () => Promise<void> = async () => {}): Promise<void> {
  shared.__tributaryBoot ??= start(openSandbox).catch((error: unknown) => {
    console.error(error instanceof EnvError ? error.message : scrubError(error));
    process.exit(1);
  });
  return shared.__tributaryBoot;
}

async function start(openSandbox: () => Promise<void>): Promise<void> {
  const settings = env();
  secrets();
  await openSandbox();
  const db = await getDb();
  await db.migrate();
  const stopClock = await followDatabaseClock(db);
  if (settings.demo) {
    const { seedDemo } = await import('@/db/seed');
    const demo = await seedDemo(db);
    // Only for a demo that was just made: what people do with it afterwards is theirs.
    if (demo?.fresh) {
      const { seedContent } = await import('@/db/seed/content');
      await seedContent(db, { ...demo, clock: systemClock }).catch((error: unknown) =>
        log().warn({ err: error }, 'the demo could not be filled'),
      );
    }
  }
  const runner = settings.externalInngest ? undefined : await startRunner(db);
  // What came due while nobody ran does not wait for the next minute's sweep.
  if (runner) await signals.send('publishing/sweep.requested', {});
  const stopBeating = startHeartbeat(db, systemClock, () => runner?.alive ?? true);
  stopOnSignal(async () => {
    await runner?.stop(8000);
    await runLog.flush();
    stopBeating();
    stopClock();
    await db.close();
  });
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
      await inngest.send({ name: 'publishing/recovery.requested', data: {} });
    },
    onError: (error) => log().warn({ err: error }, 'what stopped half-way could not be looked for'),
  }).start();
  return runner;
}

/** Ends what is in flight, closes the database and leaves. A second signal leaves at once. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const leave = () => {
    if (stopping) process.exit(1);
    stopping = true;
    const late = setTimeout(() => process.exit(1), 10_000);
    stop()
      .catch((error: unknown) => console.error(scrubError(error)))
      .finally(() => {
        clearTimeout(late);
        process.exit(0);
      });
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
}
