import { describe, expect, it } from 'vitest';
import { isReadableBody } from './body';

const FORM = { 'content-type': 'multipart/form-data; boundary=Zq7r8Zq7r8' };
const JSON_BODY = { 'content-type': 'application/json; charset=utf-8' };
const ACTION = { 'next-action': 'ab'.repeat(21) };
const part = (name: string, value: string) =>
  `--Zq7r8Zq7r8\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const form = (...parts: string[]) => Buffer.from(`${parts.join('')}--Zq7r8Zq7r8--\r\n`);

describe('a complete body', () => {
  it.each([
    ['JSON, whatever its content', { 'content-type': 'application/json' }, Buffer.from('{"a":')],
    ['an empty body', {}, Buffer.alloc(0)],
    ['a form', FORM, form(part('a', 'b'))],
    [
      'an action with a form',
      { ...FORM, ...ACTION },
      form(part('1_email', '$F1 is a text'), part('0', '[{"values":{"a":"$$5","b":"$undefined"}},"$K1"]')),
    ],
    ['an action without arguments', { ...ACTION, 'content-type': 'text/plain' }, Buffer.from('[]')],
  ])('is readable: %s', async (_, headers, body) => expect(await isReadableBody(headers, body)).toBe(true));
  it.each([
    ['a truncated form', FORM, Buffer.from(part('a', 'b'))],
    ['a malformed form', FORM, Buffer.from('--Zq7r8Zq7r8\r\nNonsense\r\n\r\na\r\n--Zq7r8Zq7r8--\r\n')],
    ['truncated arguments', ACTION, Buffer.from('[{"a":')],
    ['arguments that are not a list', ACTION, Buffer.from('{}')],
    ['deeply nested arguments', ACTION, Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)],
    ['arguments with too many values', ACTION, Buffer.from(`[${'{},'.repeat(30_000)}{}]`)],
    ['JSON with too many values', JSON_BODY, Buffer.from(`[${'0,'.repeat(100_000)}0]`)],
    ['deeply nested JSON', JSON_BODY, Buffer.from('['.repeat(100_000))],
    [
      'JSON-LD with too many values',
      { 'content-type': 'application/ld+json' },
      Buffer.from('[],'.repeat(20_000)),
    ],
    ['a number with too many digits', ACTION, Buffer.from(`["$n${'9'.repeat(301)}"]`)],
    ['a form with too many parts', FORM, form(...Array.from({ length: 300 }, (_, i) => part(`p${i}`, 'a')))],
    [
      'a form with too many fields',
      { 'content-type': 'application/x-www-form-urlencoded' },
      Buffer.from('a=1&'.repeat(2_000)),
    ],
    ['too many fields without a content type', {}, Buffer.from('a=1&'.repeat(2_000))],
    [
      'JSON of an unknown type with too many values',
      { 'content-type': 'application/jsonx' },
      Buffer.from('[],'.repeat(20_000)),
    ],
    ['arguments with a dangling reference', ACTION, Buffer.from('["$@2"]')],
    ['arguments that reference another action', ACTION, Buffer.from('[{"a":["$F1"]}]')],
    ['an action’s form without arguments', { ...FORM, ...ACTION }, form(part('1_email', 'a'))],
    ['an action’s form with broken arguments', { ...FORM, ...ACTION }, form(part('0', '["$K1"'))],
    [
      'an action’s form with a dangling reference',
      { ...FORM, ...ACTION },
      form(part('0', '["$K1"]'), part('2', '["$Q9"]')),
    ],
  ])('is not readable: %s', async (_, headers, body) =>
    expect(await isReadableBody(headers, body)).toBe(false),
  );
});
