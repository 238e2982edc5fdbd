import { formatMoney, money, portion } from '@/server/foundation/money';

const HOUR = 3_600_000;
/** Older figures than this are no ground for a decision. */
export const STALE_MS = 3 * HOUR;

export interface PriceFacts {
  price: number;
  floor: number;
  currency: string;
  minViews: number;
  windowHours: number;
  stepBasisPoints: number;
  cooldownHours: number;
  /** From when views and sales were counted: the window's start, or the last change of the price when that is later. */
  since: Date;
  views: number;
  sales: number;
  lastChangedAt: Date | null;
  /** When views and sales were last read from the platform. */
  readAt: Date | null;
  now: Date;
}
export type PriceDecision =
  | { kind: 'keep'; why: string; code: 'cooldown' | 'sold' | 'few_views' | 'at_floor' | 'stale' }
  | { kind: 'lower'; to: number; why: string };

/**
 * Views but no sales → one step down, never below the floor and not before the cooldown is over. Says why, with the figures.
 * Pure: the same facts give the same decision.
 */
export function decidePrice(facts: PriceFacts): PriceDecision {
  const show = (amount: number): string => formatMoney(money(amount, facts.currency));
  const views = `${facts.views} ${facts.views === 1 ? 'view' : 'views'}`;
  const keep = (code: Extract<PriceDecision, { kind: 'keep' }>['code'], why: string): PriceDecision => ({
    kind: 'keep',
    code,
    why,
  });
  if (!facts.readAt || facts.now.getTime() - facts.readAt.getTime() > STALE_MS)
    return keep('stale', 'The views and sales have not been read recently, so nothing is decided on them.');
  if (facts.lastChangedAt) {
    const over = facts.lastChangedAt.getTime() + facts.cooldownHours * HOUR;
    if (facts.now.getTime() < over) {
      const left = Math.ceil((over - facts.now.getTime()) / HOUR);
      return keep(
        'cooldown',
        `The price was changed less than ${hours(facts.cooldownHours)} ago. The next check counts in ${hours(left)}.`,
      );
    }
  }
  if (facts.sales > 0)
    return keep(
      'sold',
      `It sold ${facts.sales} in the last ${hours(facts.windowHours)}, so the price stays.`,
    );
  if (facts.views < facts.minViews)
    return keep(
      'few_views',
      `It had ${views} in the last ${hours(facts.windowHours)}; the rule waits for ${facts.minViews}.`,
    );
  if (facts.price <= facts.floor)
    return keep('at_floor', `The price is at its lowest, ${show(facts.floor)}.`);
  const step = Math.max(1, portion(money(facts.price, facts.currency), facts.stepBasisPoints).amount);
  const to = Math.max(facts.floor, facts.price - step);
  const least = to === facts.floor ? ', its lowest price' : '';
  return {
    kind: 'lower',
    to,
    why: `${views} and no sale in the last ${hours(facts.windowHours)}: from ${show(facts.price)} to ${show(to)}${least}.`,
  };
}

const hours = (n: number): string =>
  n % 24 === 0 && n > 0 ? `${n / 24} ${n === 24 ? 'day' : 'days'}` : `${n} ${n === 1 ? 'hour' : 'hours'}`;
