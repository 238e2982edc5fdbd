import type { InngestFunction } from 'inngest';
import { getDb } from '@/db/client';
import { fillEvergreen, workspacesWithEvergreen } from '@/server/domains/planning/fill-evergreen';
import { topUpSeries, workspacesWithSeries } from '@/server/domains/planning/top-up-series';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { eachWorkspace } from '../pages';

/** Creates the upcoming occurrences of repeated posts. The rows serve as the memo, so a repeated run creates no duplicates. */
const series = inngest.createFunction(
  { id: 'planning-series', triggers: [{ cron: '7 * * * *' }], concurrency: 1, retries: 1 },
  async ({ step }) => {
    const done = await eachWorkspace(
      step,
      'Repeating posts',
      async (after) => workspacesWithSeries(await getDb(), after),
      async (id) => (await topUpSeries({ ctx: await systemCtx(id, 'series') })).made,
    );
    return { made: done };
  },
);

/** Schedules evergreen posts into the free slots of the next day. */
const evergreen = inngest.createFunction(
  { id: 'planning-evergreen', triggers: [{ cron: '17 * * * *' }], concurrency: 1, retries: 1 },
  async ({ step }) => {
    const done = await eachWorkspace(
      step,
      'Recycling posts',
      async (after) => workspacesWithEvergreen(await getDb(), after),
      async (id) => (await fillEvergreen({ ctx: await systemCtx(id, 'evergreen') })).filled,
    );
    return { filled: done };
  },
);

const functions: InngestFunction.Any[] = [series, evergreen];
export default functions;
