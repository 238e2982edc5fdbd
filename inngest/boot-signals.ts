import { log } from '@/server/foundation/log';

/** Ctrl-C reaches each process of a terminal's group, and the starter passes it on as well: what comes so soon is the same signal. */
const SAME_MS = 250;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * On the first signal to stop: runs `stop` and leaves with 0, or with 1 when it fails or takes longer than `limitMs`. A second signal leaves
 * at once. Process 1 of a container has no default for signals, so this is called before anything else is.
 *
 * Next's own handlers end the process before the database is closed. They are left out with NEXT_MANUAL_SIG_HANDLE; where a server was
 * started without it, they are taken off here.
 */
export function stopOnSignal(stop: () => Promise<void>, limitMs: number): void {
  let stoppedAt: number | undefined;
  const leave = () => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt >= SAME_MS) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    setTimeout(() => process.exit(1), limitMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log().error({ err: error }, 'the app could not stop in order');
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) {
    if (!process.env.NEXT_MANUAL_SIG_HANDLE) process.removeAllListeners(signal);
    process.on(signal, leave);
  }
}
