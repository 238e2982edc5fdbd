import { sql } from 'drizzle-orm';
import type { LeaseKind } from '@/db/leases';
import { publications } from '@/db/schema';
import { stateAfter } from '@/db/state-sql';

/** The lease of the process that sends a publication or looks it up. A takeover changes the token (`recoverStuck`). */
export const PUBLICATION_LEASE: LeaseKind = {
  name: 'publication',
  id: publications.id,
  token: publications.claimToken,
  until: publications.claimedUntil,
  when: sql`t.state = ${stateAfter('start')}`,
};
