import type { connections } from '@/db/schema';

/** What a call to a platform needs of a connection: its row, its sealed credentials, and what is known of its limits. */
export type ConnectionRow = Pick<
  typeof connections.$inferSelect,
  | 'id'
  | 'platform'
  | 'environment'
  | 'status'
  | 'remoteId'
  | 'remote'
  | 'credentials'
  | 'accessExpiresAt'
  | 'refreshExpiresAt'
  | 'lastUsedAt'
> & { buckets: readonly { bucket: string; remaining: number; resetsAt: Date }[] };
