/** The languages for which the catalogue is complete. The first is the default. */
export const LOCALES = ['en'] as const;
/**
 * A made-up language for tests that puts every message of the catalogue between ⟦ and ⟧, which exposes texts from outside the catalogue.
 * `en-XA` is the tag that CLDR reserves for such a locale.
 */
export const PSEUDO_LOCALE = 'en-XA';

export type Locale = (typeof LOCALES)[number];
export type AnyLocale = Locale | typeof PSEUDO_LOCALE;

export const DEFAULT_LOCALE: Locale = 'en';

/** The formats of English: dates, lists and numbers as in Britain, amounts of money as in America ("$12", not "US$12"). */
const ENGLISH = { text: 'en-GB', money: 'en-US' } as const;

/** Returns the tag that Intl formats with for a reader's language. The pseudo-locale is formatted like English. */
export const intlTag = (locale: string, what: keyof typeof ENGLISH = 'text'): string =>
  locale === 'en' || locale === PSEUDO_LOCALE ? ENGLISH[what] : locale;

/** Returns the language to respond in: the first of `wanted` that is among `offered`, matched by its full tag or by its language alone. */
export function chooseLocale(wanted: readonly string[]): Locale;
export function chooseLocale(wanted: readonly string[], offered: readonly AnyLocale[]): AnyLocale;
export function chooseLocale(wanted: readonly string[], offered: readonly AnyLocale[] = LOCALES): AnyLocale {
  for (const tag of wanted.map((one) => one.toLowerCase())) {
    const found =
      offered.find((locale) => locale.toLowerCase() === tag) ??
      offered.find((locale) => locale === tag.split('-')[0]);
    if (found) return found;
  }
  return DEFAULT_LOCALE;
}

/** Parses the language tags of an Accept-Language header, most preferred first (RFC 9110, section 12.5.4). */
export function acceptedLanguages(header: string | null | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...options] = part.trim().split(';');
      const weight = options.map((o) => /^\s*q=([\d.]+)$/.exec(o)?.[1]).find((q) => q !== undefined);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => /^[a-z\d-]{2,35}$/i.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
