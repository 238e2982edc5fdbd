// What tests on a database put in place of platforms and of time limits is taken out again at the end of each file.
import { afterAll } from 'vitest';
import { forgetBuckets } from '@/server/connectors/host/throttle';
import { setTransport } from '@/server/domains/connections/load-target';
import { scaleTimeLimits } from '@/server/domains/connections/with-time-limit';

afterAll(() => {
  setTransport(undefined);
  scaleTimeLimits(1);
  forgetBuckets();
});
