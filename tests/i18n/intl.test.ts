import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { intlTag, LOCALES, PSEUDO_LOCALE } from '@/i18n/locales';
import { isTestCode } from '@/scripts/imports.mjs';

/** The file that formats days and clock times for comparison only. No reader sees them. */
const FOR_MACHINES = 'components/ui/calendar-day.ts';

/** Returns the formatters in a source that do not get their tag from `intlTag`. */
const ownTags = (source: string): string[] => [
  ...(source.match(/\bIntl\.(?!DateTimeFormat\(\)|supportedValuesOf)[A-Z]\w+\((?!intlTag\().*/g) ?? []),
  ...(source.match(/\.toLocale(?:Date|Time)?String\((?!intlTag\().*/g) ?? []),
  ...(source.match(/\b(?:useFormatter|getFormatter|createFormatter)\b.*/g) ?? []),
];

const files = ['app', 'components', 'emails', 'i18n'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.posix.join(folder, name)),
);

test('everything formatted for a reader uses the tag of intlTag', () => {
  const found = files
    .filter((file) => file !== FOR_MACHINES && !isTestCode(file))
    .flatMap((file) => ownTags(readFileSync(file, 'utf8')).map((line) => `${file}: ${line}`));
  expect(found).toEqual([]);
});

test('a formatter with its own tag is detected', () => {
  for (const line of [
    "new Intl.ListFormat('en')",
    'new Intl.NumberFormat(locale, { style })',
    'Intl.DateTimeFormat(useLocale())',
    'value.toLocaleString(locale)',
    'day.toLocaleDateString()',
    'const format = useFormatter();',
  ])
    expect(ownTags(line), line).not.toEqual([]);
  expect(ownTags('new Intl.ListFormat(intlTag(locale)); Intl.DateTimeFormat().resolvedOptions()')).toEqual(
    [],
  );
});

test('English is formatted in one way, and the pseudo-locale like English', () => {
  for (const locale of [...LOCALES, PSEUDO_LOCALE]) {
    expect(new Intl.ListFormat(intlTag(locale)).format(['a', 'b', 'c'])).toBe('a, b and c');
    expect(
      new Intl.NumberFormat(intlTag(locale, 'money'), { style: 'currency', currency: 'USD' }).format(12),
    ).toBe('$12.00');
  }
  expect(intlTag('de')).toBe('de');
  expect(intlTag('de', 'money')).toBe('de');
});
