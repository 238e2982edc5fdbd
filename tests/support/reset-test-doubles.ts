// Removes the replacements of platforms and time limits at the end of each file with database tests.
import { afterAll } from 'vitest';
import { resetLimits } from '@/server/connectors/host/throttle';
import { setTransport } from '@/server/domains/connections/load-target';
import { scaleTimeLimits } from '@/server/domains/connections/with-time-limit';

afterAll(() => {
  setTransport(undefined);
  scaleTimeLimits(1);
  resetLimits();
});
