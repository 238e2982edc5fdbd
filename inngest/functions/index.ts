import type { InngestFunction } from 'inngest';
import billing from './billing';
import connections from './connections';
import identity from './identity';
import planning from './planning';
import publishing from './publishing';
import results from './results';
import selling from './selling';
import system from './system';
import webhooks from './webhooks';

/** Every background function of the app. */
export const functions: InngestFunction.Any[] = [
  ...publishing,
  ...results,
  ...planning,
  ...selling,
  ...connections,
  ...webhooks,
  ...identity,
  ...billing,
  ...system,
];
