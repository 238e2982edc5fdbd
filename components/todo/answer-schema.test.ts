import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { type AddressRequirement, answerSchema } from './answer-schema';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'todo.wrong' });
const read = (asked: AddressRequirement, answer: string, address = '') => {
  const { data, error } = answerSchema(asked, t).safeParse({ answer, address });
  return (
    data ?? Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]))
  );
};

test('an answer is required', () => {
  expect(read('no', ' yes ')).toEqual({ answer: 'yes' });
  expect(read('no', '  ')).toEqual({ answer: 'Choose or enter an answer.' });
});

test('an address is sent if it is requested, and required if more parts are attached to it', () => {
  expect(read('optional', 'there')).toEqual({ answer: 'there' });
  expect(read('optional', 'there', ' https://x.example/1 ')).toEqual({
    answer: 'there',
    permalink: 'https://x.example/1',
  });
  expect(read('required', 'there', ' ')).toEqual({
    permalink: 'Enter the post’s URL. The rest of the thread is attached to it.',
  });
  expect(read('no', 'not_there', 'https://x.example/1')).toEqual({
    answer: 'not_there',
  });
});
