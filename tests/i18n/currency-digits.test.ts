import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isTestCode } from '@/scripts/imports.mjs';

// What an amount means comes from server/foundation/currencies.ts. The runtime's own data about currencies differs from it, and between
// versions of Node and of browsers.

/** Returns the places of a source that leave the decimals of a currency, or which currencies exist, to the runtime. */
const asksTheRuntime = (source: string): string[] => [
  // Each set of options is searched on its own: up to the brace that closes it.
  ...[...source.matchAll(/\bstyle:\s*(['"`])currency\1[^{}]*\}/g)]
    .map(([options]) => options)
    .filter((options) => !/minimumFractionDigits[\s\S]*maximumFractionDigits/.test(options)),
  ...(source.match(/\bsupportedValuesOf\((['"`])currency\1\)/g) ?? []),
  ...(source.match(/\bresolvedOptions\(\)\s*\.\w*FractionDigits/g) ?? []),
  ...(source.match(/\b(?:style|type)\s*[:=]\s*(?![\s'"`])[^,;{}\n]*(['"`])currency\1/g) ?? []),
  // Messages: {amount, number, ::currency/EUR}
  ...(source.match(/::\s*currency\/|\{\s*\w+,\s*number,\s*currency\b/g) ?? []),
];

const FOLDERS = ['app', 'components', 'db', 'emails', 'i18n', 'inngest', 'scripts', 'server'];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name))
    .filter((name) => /\.(tsx?|mjs|json)$/.test(name) && !isTestCode(name) && statSync(name).isFile()),
);

test('no code leaves the decimals of a currency to the runtime', () => {
  expect(files).toContain('server/foundation/money.ts');
  expect(existsSync('server/foundation/currencies.ts')).toBe(true);
  const found = files.flatMap((file) =>
    asksTheRuntime(readFileSync(file, 'utf8')).map((place) => `${file}: ${place}`),
  );
  expect(found).toEqual([]);
});

test('code that asks the runtime is detected', () => {
  for (const line of [
    "new Intl.NumberFormat(locale, { style: 'currency', currency })",
    'new Intl.NumberFormat(locale, {\n  style: "currency",\n  currency,\n  trailingZeroDisplay: "stripIfInteger",\n})',
    "value.toLocaleString('de', { style: 'currency', currency: 'EUR', maximumFractionDigits: 2 })",
    "Intl.supportedValuesOf('currency')",
    'format.resolvedOptions().maximumFractionDigits ?? 2',
    "const style = price ? 'currency' : 'decimal'",
    '"{amount, number, ::currency/EUR}"',
  ])
    expect(asksTheRuntime(line), line).not.toEqual([]);
  expect(
    asksTheRuntime(
      "new Intl.NumberFormat(l, { style: 'currency', currency, minimumFractionDigits: d, maximumFractionDigits: d })",
    ),
  ).toEqual([]);
});

/** Returns arithmetic that takes an amount for one with two decimals. Shares, which end in a per cent sign, are no amounts. */
const assumesCents = (source: string): string[] =>
  (
    source.match(/\w*(?:amount|price|floor|gross|net|fees?|total|cents?|minor)\w*\)?\s*[*/]\s*100\b.*/gi) ??
    []
  ).filter((line) => !line.includes('%'));
/** The stand-ins of the platforms keep their accounts in US dollars. */
const STAND_IN = /^server\/sandbox\//;

test('no code divides or multiplies an amount by a hundred', () => {
  const found = files
    .filter((file) => !STAND_IN.test(file) && !file.endsWith('.json'))
    .flatMap((file) => assumesCents(readFileSync(file, 'utf8')).map((line) => `${file}: ${line}`));
  expect(found).toEqual([]);
  expect(assumesCents('PLAN_TERMS[plan].monthlyPrice / 100')).not.toEqual([]);
  expect(assumesCents('Math.round(Number(price) * 100)')).not.toEqual([]);
});
