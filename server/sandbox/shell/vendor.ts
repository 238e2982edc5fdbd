import type { FaultKind } from '../faults';
import type { Ctx } from '../http';
import type { RateState } from '../rates';

/** What a request is refused for, in no platform's words. */
export type Problem =
  | { is: 'no_credential' | 'bad_credential' | 'server_error' }
  | { is: 'no_scope'; scope: string }
  /** `rule` is the name of the limit, or null if it is the operation's own. */
  | ({ is: 'too_many'; rule: string | null } & Limit)
  | { is: 'not_there'; what: string; id: string }
  | { is: 'invalid'; text: string; field?: string }
  | { is: 'forbidden' | 'conflict'; text: string };

/** A limit that is reached. `reset` is the start of the next window, in Unix seconds. */
export type Limit = Pick<RateState, 'limit' | 'reset'> & { remaining?: number };

/** A platform's own shapes of errors. */
export interface Vendor {
  platform: string;
  problem: (c: Ctx, problem: Problem) => Response;
  /**
   * Responses to faults that only some platforms have: a limit per day (`day_limit`) or of the app (`app_limit`), a block for acting too fast
   * (`too_fast`), and an error in a second shape (`other_error`). Without one, the platform responds as to too many requests.
   */
  rare?: Partial<Record<FaultKind, (c: Ctx, state: Limit) => Response>>;
}
