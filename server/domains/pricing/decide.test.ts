import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { english } from '@/i18n/words';
import { decidePrice, type PriceFacts, STALE_MS } from './decide';

const HOUR = 3_600_000;
const now = new Date('2026-07-10T12:00:00Z');
const facts = (over: Partial<PriceFacts> = {}): PriceFacts => ({
  price: 1200,
  floor: 800,
  currency: 'USD',
  minViews: 20,
  windowHours: 48,
  stepBasisPoints: 1000,
  cooldownHours: 24,
  since: new Date(now.getTime() - 48 * HOUR),
  views: 34,
  sales: 0,
  lastChangedAt: null,
  readAt: now,
  now,
  ...over,
});
const anyFacts = fc
  .record({
    price: fc.integer({ min: 1, max: 10_000_000 }),
    floor: fc.integer({ min: 1, max: 10_000_000 }),
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    minViews: fc.integer({ min: 1, max: 1000 }),
    windowHours: fc.integer({ min: 1, max: 2160 }),
    stepBasisPoints: fc.integer({ min: 10, max: 5000 }),
    cooldownHours: fc.integer({ min: 1, max: 2160 }),
    views: fc.integer({ min: 0, max: 5000 }),
    sales: fc.integer({ min: 0, max: 3 }),
    lastChangedAt: fc.option(
      fc.integer({ min: 0, max: 3000 }).map((h) => new Date(now.getTime() - h * HOUR)),
    ),
    readAt: fc.option(fc.integer({ min: 0, max: 8 }).map((h) => new Date(now.getTime() - h * HOUR))),
  })
  .map((over) => facts(over));

describe('decidePrice', () => {
  it('never goes below the floor or up, and always gives a reason', () => {
    fc.assert(
      fc.property(anyFacts, (f) => {
        const decision = decidePrice(f);
        expect(english(decision.why).length).toBeGreaterThan(10);
        if (decision.kind === 'keep') return;
        expect(decision.to).toBeGreaterThanOrEqual(f.floor);
        expect(decision.to).toBeLessThan(f.price);
        expect(Number.isInteger(decision.to)).toBe(true);
        expect(f.sales).toBe(0);
        expect(f.views).toBeGreaterThanOrEqual(f.minViews);
        expect(f.readAt && now.getTime() - f.readAt.getTime()).toBeLessThanOrEqual(STALE_MS);
        if (f.lastChangedAt)
          expect(now.getTime() - f.lastChangedAt.getTime()).toBeGreaterThanOrEqual(f.cooldownHours * HOUR);
      }),
      { numRuns: 1000 },
    );
  });

  it('reaches the floor and stays there, whatever the step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100_000 }),
        fc.integer({ min: 10, max: 5000 }),
        fc.integer({ min: 1, max: 100 }),
        (price, stepBasisPoints, percent) => {
          const floor = Math.max(1, Math.floor((price * percent) / 100));
          let current = price;
          for (let i = 0; i < 20_000; i++) {
            const decision = decidePrice(facts({ price: current, floor, stepBasisPoints }));
            if (decision.kind === 'keep') {
              expect(decision.code).toBe('at_floor');
              break;
            }
            current = decision.to;
          }
          expect(current).toBe(floor);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('includes the figures', () => {
    expect(decidePrice(facts())).toEqual({
      kind: 'lower',
      to: 1080,
      why: '34 views and no sales in the last 2 days: from $12.00 to $10.80.',
    });
    expect(decidePrice(facts({ price: 820 }))).toMatchObject({
      to: 800,
      why: '34 views and no sales in the last 2 days: from $8.20 to $8.00, its lowest price.',
    });
    expect(decidePrice(facts({ price: 1234, currency: 'JPY' }))).toMatchObject({ to: 1111 });
    expect(decidePrice(facts({ views: 1 })).why).toEqual(
      'It had 1 view in the last 2 days, and the rule needs 20.',
    );
    expect(decidePrice(facts({ sales: 2 })).why).toEqual('It sold 2 in the last 2 days, so the price stays.');
    const soon = decidePrice(facts({ lastChangedAt: new Date(now.getTime() - 23.5 * HOUR) }));
    expect(soon).toMatchObject({ kind: 'keep', code: 'cooldown' });
    expect(soon.why).toSay('in 1 hour.');
    expect(decidePrice(facts({ lastChangedAt: new Date(now.getTime() - 24 * HOUR) })).kind).toBe('lower');
    expect(decidePrice(facts({ readAt: new Date(now.getTime() + STALE_MS) }))).toMatchObject({
      code: 'stale',
    });
    expect(decidePrice(facts({ readAt: new Date(now.getTime() - STALE_MS - 1) }))).toMatchObject({
      code: 'stale',
    });
  });
});
