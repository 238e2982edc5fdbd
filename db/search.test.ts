import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { searchKey } from '@/server/foundation/search-key';
import { freshDb } from '@/tests/support/db';
import type { Db } from './client';
import { posts, products, publications, variants } from './schema';
import { containsTerm } from './search';
import { rowsOf } from './statements';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

/** Returns for each pair whether the database and the browser find the term in the text. */
const foundIn = (pairs: readonly { text: string; term: string }[]) =>
  db.asSystem(async (tx) => {
    const found: { text: string; term: string; database: boolean; browser: boolean }[] = [];
    for (const { text, term } of pairs) {
      const [row] = await rowsOf<{ found: boolean }>(
        tx,
        sql`select ${containsTerm(term)(sql`tributary.search_key(${text})`)} as found`,
      );
      found.push({
        text,
        term,
        database: row?.found ?? false,
        browser: searchKey(text).includes(searchKey(term)),
      });
    }
    return found;
  });

const SAME: readonly (readonly [string, string])[] = [
  ['Café', 'cafe\u0301'],
  ['CAFE\u0301', 'café'],
  ['Crème brûlée', 'creme BRULEE'],
  ['creme', 'crème'],
  ['ÉTÉ', 'été'],
  ['İSTANBUL', 'istanbul'],
  ['istanbul', 'İSTANBUL'],
  ['ısparta', 'ISPARTA'],
  ['Straße', 'STRASSE'],
  ['Strasse', 'straße'],
  ['STRAẞE', 'strass'],
  ['Straße', 'stras'],
  ['Œuvre', 'oeuvre'],
  ['ŒUVRE', 'œuvre'],
  ['Ærø', 'aero'],
  ['Þór', 'thor'],
  ['Łódź', 'lodz'],
  ['Ｐｌａｎｎｅｒ ２０２６', 'planner 2026'],
  ['planner', 'ＰＬＡＮＮＥＲ'],
  ['Đà Nẵng', 'da nang'],
  ['Da Nang', 'đà nẵng'],
  ['ΟΔΟΣ', 'οδος'],
  ['οδός', 'ΟΔΌΣ'],
  ['Ἀθήνα', 'αθηνα'],
  ['Ёлка', 'елка'],
  ['ЕЛКА', 'ёлка'],
  ['Київ', 'КИЇВ'],
  ['مُحَمَّد', 'محمد'],
  ['أحمد', 'احمد'],
  ['کتابی', 'كتابي'],
  ['شَـــلوم', 'شلوم'],
  ['ٱلقرآن', 'القران'],
  ['\u06c1ندوستان', '\u06beندوستان'],
  ['\u0647ندوستان', '\u06c1ندوستان'],
  ['خان\u06c0', 'خان\u0647'],
  ['مدرسة', 'مدرسه'],
  ['مدرسه', 'مدرسة'],
  ['ג\u05f3ירפה', "ג'ירפה"],
  ['צה"ל', 'צה\u05f4ל'],
  ['בית\u05beספר', 'בית-ספר'],
  ['۱۴۰۳', '1403'],
  ['1403', '۱۴۰۳'],
  ['٢٠٢٦', '2026'],
  ['२०२६', '۲۰۲۶'],
  ['٪۲۰', '%20'],
  ['30×40', '30x40'],
  ['30X40', '30×40'],
  ['½', '1/2'],
  ['1\u22152 〜', '½ ～'],
  ['שָׁלוֹם', 'שלום'],
  ['\u200Fשלום', 'שלום'],
  ['ﬁne ﬂowers', 'fine flowers'],
  ['naïve', 'NAIVE'],
  ['re\u00ADcipe', 'recipe'],
  ['می‌خواهم', 'میخواهم'],
  ['❤️ deal', '❤ DEAL'],
  ['한국어', '\u1112\u1161\u11AB국어'],
  ['が', 'か\u3099'],
  ['ｶﾞｲﾄﾞ', 'ガイド'],
  ['हिन्दी', 'हिन्दी'],
  ['100% off_now (a.b) [c] $x ^y a|b *?+{}\\', '100% OFF_now (a.b) [c] $x ^y a|b *?+{}\\'],
  ['Ⓑ № 5', 'b no 5'],
  ['ǅ', 'dž'],
  ['𐐀', '𐐨'],
  ['ჰაუ', 'ᲰᲐᲣ'],
  ['Beethoven’s', "beethoven's"],
  ["Beethoven's", 'beethoven’s'],
  ['O‘Neil Oʼneil O‛Neil O′Neil', "o'neil o'neil o'neil o'neil"],
  ['“a” „b‟ 5″', '"a" "b" 5"'],
  ['"a" 5\u2032\u2032', '“a” 5″'],
  ['6′2‴', "6'2\"'"],
  ['ŉ', "'n"],
  ['non‑breaking', 'non-breaking'],
  ['‐ ‑ ‒ – — −', '- - - - - -'],
  ['non-breaking', 'non–breaking'],
  ['⁻1', '-1'],
  ['a  b', 'a b'],
  ['a b', 'a  b'],
  ['planner\n2026', 'planner 2026'],
  ['planner\r\n\t2026', 'planner\n2026'],
  ['a\u00a0b\u202fc\u3000d\u2028e\u0085f', 'a b c d e f'],
  ['é \u00ad\u00a0b', 'e b'],
  ['a b', 'a\u00a0\u3000b'],
];
const OTHER: readonly (readonly [string, string])[] = [
  ['Cafe', 'cofe'],
  ['100 off', '100%'],
  ['offnow', 'off_now'],
  ['aXb', 'a.b'],
  ['', 'a'],
  ['はは', 'ぱぱ'],
  ['が', 'か'],
  ['한', '하'],
  ['కొ', 'కె'],
  ['কো', 'কে'],
  ['ऩ', 'न'],
  ['कि', 'कु'],
  ['กา', 'กิ'],
  ['a', 'ab'],
  ['é', 'e\u0301f'],
  ['ab', 'a b'],
  ['ab', "a'b"],
  ['5″', "5'"],
  ['a-b', 'a b'],
  ['لڑکے', 'لڑکی'],
  ['دار', 'دارة'],
  ['۱۴', '۱۵'],
];

it('finds composed and decomposed forms alike, ignoring case and accents, in the database and in the browser', async () => {
  const found = await foundIn(SAME.map(([text, term]) => ({ text: `… ${text} …`, term })));
  expect(found.filter(({ database, browser }) => !database || !browser)).toEqual([]);
  // A form of normalization changes nothing.
  const forms = SAME.flatMap(([text, term]) => [
    { text: text.normalize('NFC'), term: term.normalize('NFD') },
    { text: text.normalize('NFD'), term: term.normalize('NFC') },
  ]);
  expect((await foundIn(forms)).filter(({ database, browser }) => !database || !browser)).toEqual([]);
});

it('does not find other words', async () => {
  const found = await foundIn(OTHER.map(([text, term]) => ({ text, term })));
  expect(found.filter(({ database, browser }) => database || browser)).toEqual([]);
});

it('has the same key for each letter in the database as in the browser', async () => {
  const codes = Array.from({ length: 0x20000 }, (_, code) => code).filter(
    (code) => code > 0 && (code < 0xd800 || code > 0xdfff),
  );
  // After a letter that is not ASCII, all steps are taken.
  const rows = await db.asSystem((tx) =>
    rowsOf<{ code: number; key: string; decomposed: string }>(
      tx,
      sql`select code, tributary.search_key('中' || chr(code)) as key, normalize(chr(code), nfkd) as decomposed
        from jsonb_array_elements_text(${JSON.stringify(codes)}::text::jsonb) as c(text), cast(text as int) as code`,
    ),
  );
  expect(rows).toHaveLength(codes.length);
  const different = rows.flatMap(({ code, key, decomposed }) => {
    const letter = String.fromCodePoint(code);
    // Node.js or the database knows an older version of Unicode, without this letter.
    if (/\p{Cn}/u.test(letter) || decomposed !== letter.normalize('NFKD')) return [];
    return key === searchKey(`中${letter}`) ? [] : [`${letter} U+${code.toString(16)}`];
  });
  expect(different).toEqual([]);
});

it('finds the same in the database as in the browser', async () => {
  const letters = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 4 }),
    fc.constantFrom(
      ...SAME.flat(),
      ...OTHER.flat(),
      'a',
      'S',
      'ß',
      '\u0301',
      '\u0308',
      ' ',
      '\n',
      '\u00a0',
      '\u0085',
      '\u00ad',
      "'",
      '"',
      '\u2032',
      '\u2033',
      '\u201d',
      '-',
      '\u2011',
      '%',
      '\\',
      'ΑΣ',
      'σ',
      'ς',
    ),
  );
  const texts = fc.array(letters, { maxLength: 6 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(texts, letters, async (text, term) => {
      if (`${text}${term}`.includes('\u0000')) return;
      for (const pair of await foundIn([
        { text, term },
        { text: text.normalize('NFD'), term: text },
        { text: text.toUpperCase(), term },
      ]))
        expect(pair.database).toBe(pair.browser);
    }),
    { numRuns: 300 },
  );
});

it('answers a term of the maximum length', async () => {
  const term = 'ﷺ'.repeat(200);
  const [one, other] = await foundIn([
    { text: `a ${term}`, term },
    { text: 'a'.repeat(20_000), term: 'aé'.repeat(100) },
  ]);
  expect(one?.database).toBe(true);
  expect(other?.database).toBe(false);
});

it.each([
  ['posts', posts],
  ['variants', variants],
  ['publications', publications],
  ['products', products],
])('compares the stored keys of %s, and processes no text of a row', async (_name, table) => {
  const plan = await db.asSystem((tx) =>
    rowsOf<Record<string, string>>(
      tx,
      sql`explain (verbose, costs off) select id from ${table} where ${containsTerm('Café')(table.searchKey)}`,
    ),
  );
  const filters = plan.flatMap((line) => Object.values(line)).filter((line) => /Filter:/.test(line));
  expect(filters).toHaveLength(1);
  expect(filters[0]).toMatch(/strpos\((\w+\.)?search_key, /);
  expect(filters[0]).not.toMatch(/search_key\(|normalize|regexp/);
});
