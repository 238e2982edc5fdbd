import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import type { EventPublisher } from '@/server/verbs/events';

/** What verbs about people get: they act before or outside any workspace. */
export interface AccountCtx {
  readonly db: Db;
  readonly clock: Clock;
}
/** The same, for verbs that also queue an e-mail. */
export interface MailingCtx extends AccountCtx {
  readonly events: EventPublisher;
}
