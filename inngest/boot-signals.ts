import { log } from '@/server/foundation/log';

/**
 * Ctrl-C reaches every process of the terminal's group, and the starter forwards it too. A signal that arrives this soon after the first,
 * in milliseconds, is the same one.
 */
const DUPLICATE_SIGNAL_MS = 250;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * On the first signal to stop, runs `stop` and exits with 0, or with 1 if it fails or takes longer than `limitMs`. A second signal exits
 * immediately. Process 1 of a container has no default signal handling, so this is called before anything else.
 *
 * Next's own handlers end the process before the database is closed. `NEXT_MANUAL_SIG_HANDLE` disables them; if the server was started
 * without it, they are removed here.
 */
export function stopOnSignal(stop: () => Promise<void>, limitMs: number): void {
  let stoppedAt: number | undefined;
  const leave = () => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt >= DUPLICATE_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    setTimeout(() => process.exit(1), limitMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log().error({ err: error }, 'the app could not shut down cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) {
    if (!process.env.NEXT_MANUAL_SIG_HANDLE) process.removeAllListeners(signal);
    process.on(signal, leave);
  }
}
