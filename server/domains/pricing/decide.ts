import { latestStored } from '@/server/foundation/clock';
import { type Fact, fact } from '@/server/foundation/facts';
import { money, portion } from '@/server/foundation/money';

const HOUR = 3_600_000;
/** Maximum age of figures that a decision may be based on. */
export const STALE_MS = 3 * HOUR;

export interface PriceFacts {
  price: number;
  floor: number;
  currency: string;
  minViews: number;
  windowHours: number;
  stepBasisPoints: number;
  cooldownHours: number;
  /** Start of the period for views and sales: the window's start, or the last price change if that is later. */
  since: Date;
  views: number;
  sales: number;
  lastChangedAt: Date | null;
  /** When views and sales were last read from the platform. */
  readAt: Date | null;
  now: Date;
}
export type PriceDecision =
  | { kind: 'keep'; why: Fact; code: 'cooldown' | 'sold' | 'few_views' | 'at_floor' | 'stale' }
  | { kind: 'lower'; to: number; why: Fact };

/**
 * Lowers the price by one step if there were views but no sales, never below the floor and not before the cooldown is over. Gives the
 * reason with the figures. Pure: the same facts give the same decision.
 */
export function decidePrice(facts: PriceFacts): PriceDecision {
  const show = (amount: number) => money(amount, facts.currency);
  const keep = (code: Extract<PriceDecision, { kind: 'keep' }>['code'], why: Fact): PriceDecision => ({
    kind: 'keep',
    code,
    why,
  });
  const { views, sales } = facts;
  const window = lengthOf(facts.windowHours);
  const { readAt } = facts;
  if (!readAt || facts.now.getTime() - readAt.getTime() > STALE_MS || readAt > latestStored(facts.now))
    return keep('stale', fact('pricing.reasons.stale'));
  if (facts.lastChangedAt) {
    const over = facts.lastChangedAt.getTime() + facts.cooldownHours * HOUR;
    if (facts.now.getTime() < over) {
      const left = lengthOf(Math.ceil((over - facts.now.getTime()) / HOUR));
      return keep(
        'cooldown',
        fact('pricing.reasons.cooldown', { cooldown: lengthOf(facts.cooldownHours), left }),
      );
    }
  }
  if (sales > 0) return keep('sold', fact('pricing.reasons.sold', { sales, window }));
  if (views < facts.minViews)
    return keep('few_views', fact('pricing.reasons.fewViews', { views, window, wanted: facts.minViews }));
  if (facts.price <= facts.floor)
    return keep('at_floor', fact('pricing.reasons.atFloor', { floor: show(facts.floor) }));
  const step = Math.max(1, portion(show(facts.price), facts.stepBasisPoints).amount);
  const to = Math.max(facts.floor, facts.price - step);
  const why = to === facts.floor ? 'pricing.reasons.loweredToFloor' : 'pricing.reasons.lowered';
  return { kind: 'lower', to, why: fact(why, { views, window, from: show(facts.price), to: show(to) }) };
}

/** Formats a duration in whole days, or else in hours. */
const lengthOf = (hours: number): Fact =>
  hours % 24 === 0 && hours > 0
    ? fact('pricing.reasons.days', { count: hours / 24 })
    : fact('pricing.reasons.hours', { count: hours });
