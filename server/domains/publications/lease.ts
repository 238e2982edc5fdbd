import { sql } from 'drizzle-orm';
import type { LeaseKind } from '@/db/leases';
import { stateAfter } from '@/db/state-sql';

/** The lease of whoever sends a publication or looks it up. Where it is taken over, the token changes (`recoverStuck`). */
export const PUBLICATION_LEASE: LeaseKind = {
  name: 'publication',
  table: 'publications',
  id: 'id',
  token: 'claim_token',
  until: 'claimed_until',
  when: sql`t.state = ${stateAfter('start')}`,
};
