import type { FaultKind } from '../faults';
import { type Ctx, Refusal } from '../http';
import type { RateState } from '../rates';

/** What a request can be refused for, in no platform's words, with what there is to say about it. */
interface Problems {
  no_credential: object;
  bad_credential: object;
  no_scope: { scope: string };
  /** `rule` is the name of the limit, or null if it is the operation's own. */
  too_many: { rule: string | null } & Limit;
  not_there: { what: string; id: string };
  invalid: { text: string; field?: string };
  forbidden: { text: string };
  conflict: { text: string };
  server_error: object;
}
export type Problem = { [K in keyof Problems]: { is: K } & Problems[K] }[keyof Problems];

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

/** The platform's error for each problem: the arguments of the function that makes its errors, or a function that returns them or a response. */
type Errors<A extends readonly unknown[]> = {
  readonly [K in keyof Problems]: A | ((problem: Problems[K], c: Ctx) => A | Response);
};

/** Describes a platform's errors by a table. `error` makes one in the platform's shape. */
export function vendorOf<A extends readonly unknown[] | []>(
  platform: string,
  error: (...args: A) => Response,
  errors: Errors<NoInfer<A>>,
  rare?: Vendor['rare'],
): Vendor {
  return {
    platform,
    ...(rare ? { rare } : {}),
    problem: (c, problem) => {
      const entry = errors[problem.is] as A | ((problem: Problem, c: Ctx) => A | Response);
      const made = typeof entry === 'function' ? entry(problem, c) : entry;
      return made instanceof Response ? made : error(...made);
    },
  };
}

/** Returns a function that ends the request, at any depth, with an error that `error` makes. */
export const refuser =
  <A extends readonly unknown[]>(error: (...args: A) => Response) =>
  (...args: A): never => {
    throw new Refusal(error(...args));
  };

/**
 * Returns a function that writes the state of a limit in three headers, which begin with `prefix`. The reset is a time in Unix seconds or, for
 * `iso`, in ISO 8601.
 */
export const limitHeaders =
  (prefix: string, time: 'unix' | 'iso' = 'unix') =>
  ({ limit, remaining = 0, reset }: Limit): Record<string, string> => ({
    [`${prefix}-limit`]: String(limit),
    [`${prefix}-remaining`]: String(remaining),
    [`${prefix}-reset`]: time === 'iso' ? new Date(reset * 1000).toISOString() : String(reset),
  });
