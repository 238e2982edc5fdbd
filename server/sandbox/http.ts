import type { Context } from 'hono';
import { ConnectionDropped, type FaultKind } from './faults';
import type { Bearer } from './oauth/tokens';
import type { RateState } from './rates';
import type { World } from './world';

/** State of one request in the sandbox. */
export interface SandboxEnv {
  Variables: {
    /** The platform's current time, which a fault may have shifted. */
    now: Date;
    /** The stand-in's id, with the host where people name a server: the first part of the path. */
    realm: string;
    bearer: Bearer;
    nonce: string;
    /** Kinds of the faults that affect this call, for those that only the operation itself can simulate. */
    struck: readonly FaultKind[];
  };
}
export type Ctx = Context<SandboxEnv, string>;

/** A platform's responses to simulated faults. */
export interface Vendor {
  platform: string;
  tooMany: (c: Ctx, state: Pick<RateState, 'limit' | 'reset'>) => Response;
  serverError: (c: Ctx) => Response;
  /**
   * Responses that only some platforms have: a limit per day (`day_limit`) or of the app (`app_limit`), a block for acting too fast
   * (`too_fast`), and an error in a second shape (`other_error`). Without one, the platform responds as to too many requests.
   */
  rare?: Partial<Record<FaultKind, (c: Ctx, state: Pick<RateState, 'limit' | 'reset'>) => Response>>;
}
const RARE: readonly string[] = ['day_limit', 'app_limit', 'too_fast', 'other_error'];
/** How long a daily limit lasts if the fault does not say, in milliseconds. */
const DAY_LIMIT_MS = 80_000_000;

/** A vendor's error response, thrown from any depth of an operation. */
export class Refusal extends Error {
  constructor(readonly response: Response) {
    super('refused');
  }
}

/**
 * Wraps a named operation of a platform: faults before its effect, the effect, and faults after it. A fault after the effect does not undo
 * what was committed, and callers must survive that case.
 */
export function operation(world: World, vendor: Vendor, name: string, work: (c: Ctx) => Promise<Response>) {
  return async (c: Ctx): Promise<Response> => {
    const struck = await world.faults.strike(vendor.platform, name);
    let now = world.clock.now();
    for (const fault of struck) {
      if (fault.kind === 'clock_skew') now = new Date(now.getTime() + fault.ms);
      if (fault.kind === 'latency') await world.sleep(fault.ms || 1_000);
      if (fault.kind === 'revoke_tokens')
        await world.tokens.revoke(world.db, { platform: vendor.platform }, now);
      if (fault.kind === '429' || RARE.includes(fault.kind)) {
        const ms = fault.ms || (fault.kind === 'day_limit' ? DAY_LIMIT_MS : 60_000);
        const state = { limit: 1, reset: Math.ceil((now.getTime() + ms) / 1000) };
        return (vendor.rare?.[fault.kind as FaultKind] ?? vendor.tooMany)(c, state);
      }
      if (fault.kind === '500_before') return vendor.serverError(c);
    }
    c.set('now', now);
    c.set(
      'struck',
      struck.map((fault) => fault.kind as FaultKind),
    );
    const answer = await refusable(() => work(c));
    for (const fault of struck) {
      if (fault.kind === '500_after') return vendor.serverError(c);
      if (fault.kind === 'nonsense')
        return new Response('<!doctype html><title>Proxy</title><p>{"ok":', {
          status: 200,
          headers: { 'content-type': 'text/html' },
        });
      if (fault.kind === 'timeout_after') await world.sleep(fault.ms || 60_000);
      if (fault.kind === 'timeout_after' || fault.kind === 'reset_after') throw new ConnectionDropped();
    }
    return answer;
  };
}

async function refusable(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

/** Creates a JSON response. `headers` may replace the content type. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** Returns the fields of a JSON or form body. Any other body is empty. */
export async function bodyFields(c: Ctx): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type') ?? '';
  const text = await c.req.text();
  if (type.includes('json')) {
    try {
      const value: unknown = JSON.parse(text);
      return value && typeof value === 'object' && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {};
    } catch {
      return {};
    }
  }
  const fields: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const name = key.replace(/\[\d*\]$/, '');
    const before = fields[name];
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) fields[name] = [before, value];
    else fields[name] = name === key ? value : [value];
  }
  return fields;
}

/** Whether a browser requests a page. */
export const wantsHtml = (c: Ctx): boolean =>
  c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html');

/** Whether a form comes from the sandbox's own pages. Clients that are not browsers pass as well. */
export function sameOrigin(c: Ctx, world: World): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site && site !== 'same-origin' && site !== 'none') return false;
  const origin = c.req.header('origin');
  if (!origin) return true;
  if (origin === new URL(world.publicUrl).origin) return true;
  try {
    return new URL(origin).host === c.req.header('host');
  } catch {
    return false;
  }
}

export const str = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const unix = (at: Date): number => Math.floor(at.getTime() / 1000);
