import { describe, expect, it } from 'vitest';
import { follow, stored } from './follow';

const base = {
  title: 'Tea',
  price: '1.00',
  mix: { tech: 50, food: 50 } as Record<string, number>,
  version: 3,
};
type Form = typeof base;
const follows = (mine: Form, next: Form) => follow(mine, base, next, ['mix']);

describe('while a save is in progress', () => {
  it('further typing stays, and the next save is based on what was sent', () => {
    const sent = { ...base, title: 'Green tea' };
    const typed = { ...sent, title: 'Green tea, 100 g' };
    const { value, seen, all } = stored(typed, sent, { version: 4 });
    expect(value).toEqual({ ...typed, version: 4 });
    expect(seen).toEqual({ ...sent, version: 4 });
    expect(all).toBe(false);
    // The page refetches after every save. It then gets what was sent and overwrites nothing.
    expect(follow(value, seen, { ...sent, version: 4 })).toEqual({ value, seen: { ...sent, version: 4 } });
  });

  it('a page that refetches before the response overwrites nothing either', () => {
    const sent = { ...base, title: 'Green tea' };
    const typed = { ...sent, title: 'Green tea, 100 g' };
    const early = follow(typed, base, { ...sent, version: 4 });
    expect(early.value.title).toBe('Green tea, 100 g');
    expect(stored(early.value, sent, { version: 4 })).toMatchObject({
      value: { title: 'Green tea, 100 g', version: 4 },
      seen: { title: 'Green tea', version: 4 },
      all: false,
    });
  });

  it('without further typing everything is saved, with the values that the server returns', () => {
    const sent = { ...base, price: '2' };
    const { value, seen, all } = stored(sent, sent, { price: '2.00', version: 4 });
    expect(value).toEqual({ ...base, price: '2.00', version: 4 });
    expect(seen).toEqual(value);
    expect(all).toBe(true);
  });
});

describe('when another user changes the same thing', () => {
  it('untouched fields take the new values', () => {
    const next = { ...base, title: 'Chai', version: 4 };
    expect(follows(base, next)).toEqual({ value: next, seen: next });
    const mine = { ...base, price: '3.00' };
    expect(follows(mine, next)).toEqual({ value: { ...next, price: '3.00' }, seen: next });
  });

  it('a field that both changed keeps the typed value and remains based on the old version', () => {
    const mine = { ...base, title: 'Mate' };
    expect(follows(mine, { ...base, title: 'Chai', version: 4 })).toEqual({ value: mine, seen: base });
    const same = { ...base, title: 'Mate', version: 4 };
    expect(follows(mine, same)).toEqual({ value: same, seen: same });
  });

  it('entries are added and removed independently', () => {
    const mine = { ...base, mix: { tech: 70, food: 50 } };
    const next = { ...base, mix: { tech: 50, travel: 50 } };
    expect(follows(mine, next).value.mix).toEqual({ tech: 70, travel: 50 });
    expect(follows(mine, next).seen).toEqual(next);
    expect(follows(mine, { ...base, mix: { tech: 10, food: 90 } }).seen).toEqual(base);
  });
});
