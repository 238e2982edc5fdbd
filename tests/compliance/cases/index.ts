import type { Case } from '../define';
import { access } from './access';
import { connecting } from './connecting';
import { faults } from './faults';
import { following } from './following';
import { media } from './media';
import { options } from './options';
import { publishing } from './publishing';
import { results } from './results';
import { run } from './run';
import { shop } from './shop';
import { webhooks } from './webhooks';

/** All cases in the order in which they run. */
export const cases: readonly Case[] = [
  ...connecting,
  ...publishing,
  ...media,
  ...options,
  ...following,
  ...results,
  ...shop,
  ...webhooks,
  ...faults,
  ...run,
  ...access,
];
