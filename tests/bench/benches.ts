import { afterKill } from './after-kill';
import { claim } from './claim';
import { memory } from './memory';
import { memoryPublish } from './memory-publish';
import { pages } from './pages';
import { publish } from './publish';
import { publishPostgres } from './publish-postgres';
import { startCold, startWarm } from './start';
import { syncSales } from './sync-sales';

/** All benchmarks by name. */
export const benches: Record<string, () => Promise<void>> = {
  'start-cold': startCold,
  'start-warm': startWarm,
  publish,
  'after-kill': afterKill,
  'publish-postgres': publishPostgres,
  'sync-sales': syncSales,
  claim,
  pages,
  memory,
  'memory-publish': memoryPublish,
};
