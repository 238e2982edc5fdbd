import { type GetStepTools, NonRetriableError } from 'inngest';
import { log } from '@/server/foundation/log';
import type { inngest } from '../client';

type Step = Pick<GetStepTools<typeof inngest>, 'run'>;
export interface Done {
  done: number;
  failed: number;
}

/** Pages that one run takes on. Each is a step, and a run has a thousand (limits.ts). */
export const MAX_PAGES = 900;
/** After so many milliseconds a page ends where it is: a host ends a call that takes minutes, and all of it would begin again. */
const PAGE_MS = 30_000;

/**
 * Goes through a list of any length, one step a page, so that a run stays within the limits of an Inngest server however much
 * there is: a step keeps only where its page ended and how much it did. `read` answers the rows after a given one, in order;
 * `work` answers as `last` the row that it came to, when it did not come to the end.
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
    /** What the steps are called, where one function goes through two lists. */
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
  log().error({ after }, `${name}: there is more than one run takes on`);
  return total;
}

/**
 * Does a work for each workspace, one after the other. What goes wrong in one is logged and holds up no other; once all had their
 * turn, the run fails, so that it is seen, and the next one tries again. `work` answers how much it did; `now` is milliseconds of
 * a clock that only goes forward.
 * @throws NonRetriableError when it went wrong in one or more
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
  // No retry: the pages are remembered, so that it would only fail again.
  if (failed > 0)
    throw new NonRetriableError(`${name}: it went wrong in ${failed} workspaces. The log has each.`);
  return done;
}
