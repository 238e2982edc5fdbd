import { expect, it } from 'vitest';
import { initials } from './avatar';

it.each([
  ['Ada Lovelace', 'AL'],
  ['Ada King Lovelace', 'AL'],
  ['ada', 'A'],
  ['👩‍👩‍👧 Family shop 🇳🇵', '👩‍👩‍👧🇳🇵'],
  ['E\u0301lodie', 'E\u0301'],
  ['नि शा', 'निशा'],
  ['\u200Fשלום עולם', 'שע'],
  ['\u200B Ada', 'A'],
  ['istanbul', 'I'],
  ['', ''],
])('the initials of %j are %j', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
