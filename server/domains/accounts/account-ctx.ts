import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import type { EventPublisher } from '@/server/verbs/events';

/** Context of verbs about user accounts, which run before or outside any workspace. */
export interface AccountCtx {
  readonly db: Db;
  readonly clock: Clock;
}
/** The same context for verbs that also queue an e-mail. */
export interface MailingCtx extends AccountCtx {
  readonly events: EventPublisher;
}
