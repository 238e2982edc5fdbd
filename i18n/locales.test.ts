import { afterEach, expect, test, vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { chooseLocale, PSEUDO_LOCALE } from './locales';
import { readerLocale } from './reader-locale';

const asking = (language: string) => new Headers({ 'accept-language': language });
afterEach(() => {
  vi.unstubAllEnvs();
  resetEnv();
});

test('the first available language is chosen, by its full tag or by its language alone', () => {
  expect(chooseLocale(['fr', 'EN-gb'])).toBe('en');
  expect(chooseLocale([])).toBe('en');
  expect(chooseLocale(['en-xa'], ['en', PSEUDO_LOCALE])).toBe(PSEUDO_LOCALE);
});

test.each(['', '0'])('without its setting (%j), a request for the pseudo-locale gets English', (value) => {
  vi.stubEnv('TRIBUTARY_PSEUDO_LOCALE', value);
  resetEnv();
  expect(readerLocale(asking('en-XA'))).toBe('en');
});

test('with its setting, the pseudo-locale is used only for requests that prefer it', () => {
  vi.stubEnv('TRIBUTARY_PSEUDO_LOCALE', '1');
  resetEnv();
  expect(readerLocale(asking('en-XA'))).toBe(PSEUDO_LOCALE);
  expect(readerLocale(asking('en-GB,en-XA;q=0.5'))).toBe('en');
});
