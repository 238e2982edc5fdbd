import { sql } from 'drizzle-orm';
import type { LeaseKind } from '@/db/leases';
import { publications } from '@/db/schema';
import { stateAfter } from '@/db/state-sql';
import { QUEUE_LEASE_MS, SWEEP_AHEAD_MS } from './policy';

/** The lease of the process that sends a publication or looks it up. A takeover changes the token (`recoverStuck`). */
export const PUBLICATION_LEASE: LeaseKind = {
  name: 'publication',
  id: publications.id,
  token: publications.claimToken,
  until: publications.claimedUntil,
  // A claim ahead of the due time, and a wait between two look-ups.
  longest: SWEEP_AHEAD_MS + QUEUE_LEASE_MS,
  when: sql`t.state = ${stateAfter('start')}`,
};
