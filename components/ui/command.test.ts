import { expect, it } from 'vitest';
import { matchWords } from './command';

it.each([
  ['Ledger', 'led', [], 1],
  ['Change plan', 'led', ['billing', 'upgrade', 'pay'], 0],
  ['Change plan', 'bill', ['billing'], 0.5],
  ['Write a post', 'post write', [], 1],
  ['Write a post', 'post delete', [], 0],
  ['Home', '', [], 1],
  ['Café menu', 'cafe\u0301', [], 1],
  ['Cafe\u0301 menu', 'CAFÉ', [], 1],
  ['Übersicht', 'uber', [], 1],
  ['Inicio', 'İNİ', [], 1],
  ['सूची', 'सू', [], 1],
  ['Accueil', 'repertoire', ['Répertoire'], 0.5],
])('scores "%s" for the search "%s"', (value, search, keywords, score) => {
  expect(matchWords(value, search, keywords)).toBe(score);
});
