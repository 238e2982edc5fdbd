import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { type Asked, answerSchema } from './answer-schema';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'todo.wrong' });
const read = (asked: Asked, answer: string, address = '') => {
  const { data, error } = answerSchema(asked, t).safeParse({ answer, address });
  return (
    data ?? Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]))
  );
};

test('an answer that is asked for is needed, and one that is not is left out', () => {
  expect(read({ answer: true, address: 'no' }, ' yes ')).toEqual({ answer: 'yes' });
  expect(read({ answer: true, address: 'no' }, '  ')).toEqual({ answer: 'Give an answer.' });
  expect(read({ answer: false, address: 'no' }, 'yes')).toEqual({});
});

test('an address is sent where it is asked for, and needed where more is attached to it', () => {
  expect(read({ answer: true, address: 'optional' }, 'there')).toEqual({ answer: 'there' });
  expect(read({ answer: true, address: 'optional' }, 'there', ' https://x.example/1 ')).toEqual({
    answer: 'there',
    permalink: 'https://x.example/1',
  });
  expect(read({ answer: true, address: 'required' }, 'there', ' ')).toEqual({
    permalink: 'Give the address of the post: what follows is attached to it.',
  });
  expect(read({ answer: true, address: 'no' }, 'not_there', 'https://x.example/1')).toEqual({
    answer: 'not_there',
  });
});
