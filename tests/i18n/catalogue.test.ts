import { describe, expect, it } from 'vitest';
import { PUBLICATION_STATES } from '@/db/schema/states';
import { messagesOf } from '@/i18n/messages';

/** Returns every message with its name: `['facts.posts.errors.newer', 'Somebody saved …']`. */
function leaves(tree: object, path: readonly string[] = []): [name: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[[...path, key].join('.'), value]] : leaves(value, [...path, key]),
  );
}
const catalogue = messagesOf('en');
const all = leaves(catalogue);

/** An apostrophe before an ICU syntax character quotes the text up to the next apostrophe; any other apostrophe is literal. */
const QUOTED = /'[{}<>#|][^']*'/g;
const straight = (text: string): boolean => /['"]|\.\.\./.test(text.replace(QUOTED, ''));

describe('quotes, apostrophes and dots', () => {
  it('are typographic in every message', () => {
    expect(all.filter(([, text]) => straight(text))).toEqual([]);
  });

  it.each([
    ["the post's page", true],
    ["the post''s page", true],
    ['a "word"', true],
    ['Writing...', true],
    ['the post’s “word”, and so on…', false],
    ["written as '{name}' there", false],
    ["written as '{name}' in the post's text", true],
  ])('%s: %s', (text, found) => {
    expect(straight(text)).toBe(found);
  });
});

describe('a publication state', () => {
  /**
   * Names of states that a part of the catalogue defines for itself: `{ failed: 'Failed' }` under `state` or `status`. Sentences do not
   * count.
   */
  const named = all.flatMap(([name, text]) => {
    const path = name.split('.');
    const state = PUBLICATION_STATES.find((one) => one === path.at(-1));
    const isName = path.slice(0, -1).some((part) => /^(state|status)(es|s)?$|States$/.test(part));
    return state && isName && !/[{<.]/.test(text) ? [{ name, state, text }] : [];
  });

  it('has the same name everywhere in the catalogue', () => {
    expect(named.length).toBeGreaterThan(PUBLICATION_STATES.length);
    expect(named.filter(({ state, text }) => text !== catalogue.facts.publicationStates[state])).toEqual([]);
  });
});
