import { Middleware } from 'inngest';
import { getDb } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { safeMessage } from '@/server/foundation/error-text';
import { log } from '@/server/foundation/log';
import { RunBuffer } from './run-buffer';

const buffer = new RunBuffer({
  db: getDb,
  clock: systemClock,
  onError: (error) => log().warn({ err: error }, 'runs could not be recorded'),
});

/** The run log of this process. Tests create their own. */
export const runLog = createRunLog(buffer);

type Given = { event?: { name?: string; data?: unknown }; runId: string; attempt?: number };

/**
 * Records each run of a function with its steps, attempts and errors, whichever runner executes it. Nothing is written while the function
 * runs: records are buffered in memory and stored in groups.
 */
export function createRunLog(records: RunBuffer) {
  class RunLog extends Middleware.BaseMiddleware {
    readonly id = 'tributary:run-log';
    #began = new Map<string, number>();

    #about(ctx: unknown, fn: { id(prefix?: string): string }) {
      const { event, runId, attempt } = ctx as Given;
      const failed = event?.name === 'inngest/function.failed';
      const data =
        (failed ? (event?.data as { event?: { data?: unknown } })?.event?.data : event?.data) ?? {};
      const workspaceId = (data as { workspaceId?: unknown }).workspaceId;
      return {
        runId,
        function: failed ? `${fn.id()} (on failure)` : fn.id(),
        attempt: attempt ?? 0,
        workspaceId: typeof workspaceId === 'string' ? workspaceId : null,
        subject: subjectOf(data),
      };
    }

    override onMemoizationEnd({ ctx, fn }: Middleware.OnMemoizationEndArgs) {
      records.seen(this.#about(ctx, fn as never));
    }
    override onStepStart({ stepInfo }: Middleware.OnStepStartArgs) {
      this.#began.set(stepInfo.hashedId, performance.now());
    }
    override onStepComplete({ ctx, fn, stepInfo }: Middleware.OnStepCompleteArgs) {
      this.#step(ctx, fn, stepInfo);
    }
    override onStepError({ ctx, fn, stepInfo, error }: Middleware.OnStepErrorArgs) {
      this.#step(ctx, fn, stepInfo, error);
    }
    override onRunComplete({ ctx, fn }: Middleware.OnRunCompleteArgs) {
      records.ended(this.#about(ctx, fn as never), 'completed');
    }
    override onRunError({ ctx, fn, error, isFinalAttempt }: Middleware.OnRunErrorArgs) {
      const about = this.#about(ctx, fn as never);
      if (isFinalAttempt) records.ended(about, 'failed', safeMessage(error));
      else records.failedOnce(about, safeMessage(error));
    }

    #step(
      ctx: unknown,
      fn: unknown,
      info: { hashedId: string; options: { id: string; name?: string } },
      error?: Error,
    ) {
      const began = this.#began.get(info.hashedId) ?? performance.now();
      records.step(this.#about(ctx, fn as never), {
        name: info.options.name ?? info.options.id,
        ms: Math.round(performance.now() - began),
        ...(error ? { error: safeMessage(error) } : {}),
      });
    }
  }
  return { Middleware: RunLog as Middleware.Class, flush: () => records.flush() };
}

/** The subject of a run: the first id in its event that is not the workspace's. */
function subjectOf(data: object): string | null {
  for (const [key, value] of Object.entries(data))
    if (key !== 'workspaceId' && key.endsWith('Id') && typeof value === 'string') return value;
  return null;
}
