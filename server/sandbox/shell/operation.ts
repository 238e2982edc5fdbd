import { ConnectionDropped, type FaultKind } from '../faults';
import { type Ctx, Refusal } from '../http';
import type { World } from '../world';
import type { Problem, Vendor } from './vendor';

const RARE: readonly string[] = ['day_limit', 'app_limit', 'too_fast', 'other_error'];
/** How long a daily limit lasts if the fault does not say, in milliseconds. */
const DAY_LIMIT_MS = 80_000_000;

/** Ends the request with an error in the platform's shape. */
export function refuse(c: Ctx, vendor: Vendor, problem: Problem): never {
  throw new Refusal(vendor.problem(c, problem));
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
        const tooMany = (_c: Ctx, limit: typeof state) =>
          vendor.problem(c, { is: 'too_many', ...limit, rule: null });
        return (vendor.rare?.[fault.kind as FaultKind] ?? tooMany)(c, state);
      }
      if (fault.kind === 'forbidden')
        return vendor.problem(c, { is: 'forbidden', text: 'You are not allowed to do this.' });
      if (fault.kind === '500_before') return vendor.problem(c, { is: 'server_error' });
    }
    c.set('now', now);
    c.set(
      'struck',
      struck.map((fault) => fault.kind as FaultKind),
    );
    const answer = await refusable(() => work(c));
    for (const fault of struck) {
      if (fault.kind === '500_after') return vendor.problem(c, { is: 'server_error' });
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

/** Returns the response of an operation, also if it refuses the request. */
export async function refusable(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}
