import type { GetStepTools } from 'inngest';
import { log } from '@/server/foundation/log';
import type { inngest } from '../client';

type Step = Pick<GetStepTools<typeof inngest>, 'run'>;
export interface Done {
  done: number;
  failed: number;
}

/** Pages that one run takes on. Each is a step, and a run has a thousand (limits.ts). */
export const MOST_PAGES = 900;

/**
 * Goes through a list of any length, one step a page, so that a run stays within the limits of an Inngest server however much
 * there is: a step keeps only where its page ended and how much it did. `read` answers the rows after a given one, in order.
 */
export async function eachPage<Row>(
  step: Step,
  {
    name,
    read,
    id,
    work,
  }: {
    name: string;
    read: (after: string) => Promise<Row[]>;
    id: (row: Row) => string;
    work: (rows: readonly Row[]) => Promise<Done>;
  },
): Promise<Done> {
  const total: Done = { done: 0, failed: 0 };
  let after = '';
  for (let i = 0; i < MOST_PAGES; i++) {
    const from = after;
    const page = await step.run(`page-${i}`, async () => {
      const rows = await read(from);
      const last = rows.at(-1);
      if (last === undefined) return { last: null, done: 0, failed: 0 };
      return { last: id(last), ...(await work(rows)) };
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
 * Does a work for each workspace, one after the other. What goes wrong in one is logged and holds up no other; the next run tries
 * again. `work` answers how much it did.
 */
export async function eachWorkspace(
  step: Step,
  name: string,
  read: (after: string) => Promise<string[]>,
  work: (workspaceId: string) => Promise<number>,
): Promise<Done> {
  return eachPage(step, {
    name,
    read,
    id: (workspaceId) => workspaceId,
    async work(ids) {
      const result: Done = { done: 0, failed: 0 };
      for (const workspaceId of ids)
        try {
          result.done += await work(workspaceId);
        } catch (error) {
          log().error({ err: error, workspaceId }, `${name} failed`);
          result.failed++;
        }
      return result;
    },
  });
}
