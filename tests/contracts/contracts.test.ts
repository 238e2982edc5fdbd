import { expect, it } from 'vitest';
import { contractsPresent } from './document';
import { runContracts } from './suite';

// Without the vendors' documents beside the checkout there is nothing to hold the connectors against.
it.skipIf(!contractsPresent())('speaks to every platform as its own document says', async () => {
  const outcome = await runContracts();
  expect(outcome?.violations).toEqual([]);
  expect(outcome?.figures.validated).toBeGreaterThan(40);
});
