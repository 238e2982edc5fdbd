import { type GetStepTools, NonRetriableError } from 'inngest';
import { log } from '@/server/foundation/log';
import type { inngest } from '../client';

type Step = Pick<GetStepTools<typeof inngest>, 'run'>;
export interface Done {
  done: number;
  failed: number;
}

/** Maximum number of pages in one run. Each page is a step, and a run may have a thousand (limits.ts). */
export const MAX_PAGES = 900;
/** Time after which a page ends early, in milliseconds. Hosts end calls that take minutes, and the whole page would then start over. */
const PAGE_MS = 30_000;

/**
 * Goes through a list of any length, one step per page, so that a run stays within the limits of an Inngest server: a step stores only
 * where its page ended and how much it did. `read` returns the rows after a given one, in order. If `work` stops early, it returns the last
 * row that it reached as `last`.
 */
export async function eachPage<Row>(
  step: Step,
  {
    name,
    steps = 'page',
    read,
    id,
    work,
  }: {
    name: string;
    /** Prefix of the step names, for a function that goes through two lists. */
    steps?: string;
    read: (after: string) => Promise<Row[]>;
    id: (row: Row) => string;
    work: (rows: readonly Row[]) => Promise<Done & { last?: Row }>;
  },
): Promise<Done> {
  const total: Done = { done: 0, failed: 0 };
  let after = '';
  for (let i = 0; i < MAX_PAGES; i++) {
    const from = after;
    const page = await step.run(`${steps}-${i}`, async () => {
      const rows = await read(from);
      const last = rows.at(-1);
      if (last === undefined) return { last: null, done: 0, failed: 0 };
      const { done, failed, last: reached = last } = await work(rows);
      return { last: id(reached), done, failed };
    });
    total.done += page.done;
    total.failed += page.failed;
    if (page.last === null) return total;
    after = page.last;
  }
  log().error({ after }, `${name}: more remains than one run can process`);
  return total;
}

/**
 * Runs `work` for each workspace, one after the other. An error in one workspace is logged and does not hold up the others. After all had
 * their turn, the run fails so that the error is visible, and the next run tries again. `work` returns how much it did; `now` returns the
 * milliseconds of a monotonic clock.
 * @throws NonRetriableError if the work failed in one or more workspaces
 */
export async function eachWorkspace(
  step: Step,
  name: string,
  read: (after: string) => Promise<string[]>,
  work: (workspaceId: string) => Promise<number>,
  now = () => performance.now(),
): Promise<number> {
  const { done, failed } = await eachPage(step, {
    name,
    read,
    id: (workspaceId) => workspaceId,
    async work(ids) {
      const until = now() + PAGE_MS;
      const result: Done & { last?: string } = { done: 0, failed: 0 };
      for (const workspaceId of ids) {
        result.last = workspaceId;
        try {
          result.done += await work(workspaceId);
        } catch (error) {
          log().error({ err: error, workspaceId }, `${name} failed`);
          result.failed++;
        }
        if (now() >= until) break;
      }
      return result;
    },
  });
  // No retry: the pages are memoized, so it would only fail again.
  if (failed > 0)
    throw new NonRetriableError(`${name} failed in ${failed} workspaces; see the log for each error`);
  return done;
}
