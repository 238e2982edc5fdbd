import { sql } from 'drizzle-orm';
import type { LeaseKind } from '@/db/leases';
import { publications } from '@/db/schema';
import { stateAfter } from '@/db/state-sql';

/** The lease of whoever sends a publication or looks it up. Where it is taken over, the token changes (`recoverStuck`). */
export const PUBLICATION_LEASE: LeaseKind = {
  name: 'publication',
  id: publications.id,
  token: publications.claimToken,
  until: publications.claimedUntil,
  when: sql`t.state = ${stateAfter('start')}`,
};
