import type { Hono } from 'hono';
import type { Ctx, SandboxEnv } from '../http';
import type { RateLimit, RateState } from '../rates';
import type { StandIn } from '../stand-in';
import type { World } from '../world';
import { bearerOf, type Credential } from './credentials';
import { operation, refusable } from './operation';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/** A limit on calls. One with a name is counted over all operations, any other for each. */
export interface RateRule extends RateLimit {
  name?: string;
  /** Whose calls are counted: those of each account, or all of the app. By default of each account. */
  per?: 'account' | 'app';
}

/** One operation of a platform, by the name that its documents give it. */
export interface Operation {
  operation: string;
  method: Method | readonly Method[];
  /** Below the API's own path, as Hono writes patterns. */
  path: string | readonly string[];
  /** All of them are needed. */
  scopes?: readonly string[];
  /** Needs no credential. */
  open?: true;
  /** In place of the API's limits. */
  rate?: readonly RateRule[];
  /** `c.get('bearer').account` is the account that acts, `c.get('now')` the time there, `c.get('realm')` where its data is. */
  handle: (world: World, c: Ctx) => Promise<Response> | Response;
}

/** Operations with the same rules. */
export interface Api {
  /** Path below the stand-in. */
  at?: string;
  /** How a request says who acts. The first that is there counts. */
  credential: Credential | readonly Credential[];
  rate: readonly RateRule[];
  /** Headers of every response, from the states of the limits by their name (`own`: the operation's own). */
  rateHeaders?: (states: Readonly<Record<string, RateState>>, c: Ctx) => Record<string, string>;
  /** Refuses a request before anything else is looked at, such as one without the app's key. */
  before?: (world: World, c: Ctx) => Response | null | Promise<Response | null>;
  operations: readonly Operation[];
}

/** Describes an operation in one line. `at` is its method (or several: `GET|POST`) and its path. */
export function op(
  operation: string,
  at: string,
  handle: Operation['handle'],
  more: Partial<Operation> = {},
): Operation {
  const [methods = '', path = ''] = at.split(' ');
  return { operation, method: methods.split('|') as Method[], path, handle, ...more };
}

/** Returns the headers of the limit that is the closest to being reached. */
export const closestLimit =
  (headers: (state: RateState) => Record<string, string>): NonNullable<Api['rateHeaders']> =>
  (states) => {
    const [closest] = Object.values(states).sort((a, b) => a.remaining - b.remaining);
    return closest ? headers(closest) : {};
  };

const listOf = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one as T]);

/** Adds the operations of an API below `base`. Faults strike first, then come credential, scopes and limits. */
export function mountApi(
  app: Hono<SandboxEnv>,
  world: World,
  { id, vendor }: Pick<StandIn, 'id' | 'vendor'>,
  base: string,
  api: Api,
): void {
  const credentials = listOf(api.credential);
  for (const one of api.operations) {
    const rules = one.rate ?? api.rate;
    const serve = async (c: Ctx): Promise<Response> => {
      const refused = await api.before?.(world, c);
      if (refused) return refused;
      if (!one.open) {
        const bearer = await bearerOf(world, c, credentials);
        if (typeof bearer === 'string') return vendor.problem(c, { is: bearer });
        const scope = one.scopes?.find((s) => !bearer.scopes.has(s));
        if (scope !== undefined) return vendor.problem(c, { is: 'no_scope', scope });
        c.set('bearer', bearer);
      }
      const states: Record<string, RateState> = {};
      for (const rule of rules) {
        const caller = rule.per === 'app' ? undefined : c.get('bearer')?.account.id;
        const subject = caller ?? (c.get('realm') === id ? 'app' : c.get('realm'));
        states[rule.name ?? 'own'] = world.rates.take(
          `${id}.${rule.name ?? one.operation}`,
          subject,
          rule,
          c.get('now'),
        );
      }
      const reached = Object.entries(states).find(([, state]) => !state.allowed);
      if (reached) {
        const [name, { limit, remaining, reset }] = reached;
        const rule = name === 'own' ? null : name;
        return vendor.problem(c, { is: 'too_many', limit, remaining, reset, rule });
      }
      const answer = await refusable(async () => one.handle(world, c));
      for (const [key, value] of Object.entries(api.rateHeaders?.(states, c) ?? {}))
        answer.headers.set(key, value);
      return answer;
    };
    const paths = listOf(one.path).map((path) => `${base}${api.at ?? ''}${path}`);
    app.on([...listOf(one.method)], paths, operation(world, vendor, one.operation, serve));
  }
}
