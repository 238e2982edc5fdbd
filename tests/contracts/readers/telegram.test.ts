import { test } from 'vitest';
import { contractsPresent } from './contract';
import { telegram, telegramList } from './telegram';
import { exchangeOf, expectReader } from './testing';

const field = (name: string, types: string[], required = false, description = '') => ({
  name,
  types,
  required,
  description,
});
const ours = {
  version: 'Ours',
  methods: {
    sendNote: {
      name: 'sendNote',
      description: [],
      returns: ['Note'],
      fields: [field('chat_id', ['Integer', 'String'], true), field('parts', ['Array of Part'])],
    },
  },
  types: {
    Note: { name: 'Note', description: [], fields: [field('note_id', ['Integer'], true)] },
    Part: { name: 'Part', description: [], subtypes: ['PartText', 'PartRule'] },
    PartText: {
      name: 'PartText',
      description: [],
      fields: [
        field('type', ['String'], true, 'Type of the part, must be text'),
        field('text', ['String'], true),
      ],
    },
    PartRule: {
      name: 'PartRule',
      description: [],
      fields: [field('type', ['String'], true, 'Type, must be rule')],
    },
  },
};

test('a list of our own', async () => {
  const send = (json: object, answer: unknown = { ok: true, result: { note_id: 1 } }) =>
    exchangeOf('POST', '/bot1:a/sendNote', { json, answer });
  const right = send({ chat_id: '@a', parts: [{ type: 'text', text: 'A' }, { type: 'rule' }] });
  await expectReader({
    contract: telegramList(ours),
    right,
    wrongRequests: {
      'a missing field': [send({}), /chat_id/],
      'an unknown field': [send({ chat_id: 1, colour: 'red' }), /colour/],
      'an unknown field, deep': [send({ chat_id: 1, parts: [{ type: 'rule', colour: 1 }] }), /colour/],
      'a wrong type': [send({ chat_id: true }), /\/chat_id/],
      'a wrong constant': [send({ chat_id: 1, parts: [{ type: 'line' }] }), /\/parts\/0/],
    },
    wrongAnswers: {
      'a missing field': [send({ chat_id: 1 }, { ok: true, result: {} }), /note_id/],
      'an unknown field': [send({ chat_id: 1 }, { ok: true, result: { note_id: 1, colour: 1 } }), /colour/],
      'an error without a code': [
        { ...right, status: 400, answer: '{"ok":false,"description":""}' },
        /error_code/,
      ],
    },
    unknown: exchangeOf('POST', '/bot1:a/paintNote', { json: {} }),
  });
});

test.skipIf(!contractsPresent())('the list of the Bot API', async () => {
  const chat = { id: 5, type: 'channel', title: 'A' };
  const message = { message_id: 1, date: 1, chat, text: 'A' };
  const send = (json: object, result: unknown = message) =>
    exchangeOf('POST', '/bot1:a/sendMessage', { json, answer: { ok: true, result } });
  const group = (media: object[]) =>
    exchangeOf('POST', '/bot1:a/sendMediaGroup', { json: { chat_id: 1, media } });
  const form = { chat_id: '5', text: 'A', link_preview_options: '{"is_disabled":true}' };
  const byForm = exchangeOf('POST', '/bot1:a/sendMessage', { form, answer: { ok: true, result: message } });
  const contract = telegram('telegram/api.json');
  const cases = {
    contract,
    wrongRequests: {
      'a missing field': [send({ chat_id: 1 }), /text/],
      'an unknown field': [send({ chat_id: 1, text: 'A', colour: 'red' }), /colour/],
      'a wrong type': [send({ chat_id: 1, text: 5 }), /\/text/],
      'a wrong constant': [group([{ type: 'painting', media: 'a' }]), /\/media/],
    },
    wrongAnswers: {
      'a wrong type': [send({ chat_id: 1, text: 'A' }, { ...message, date: 'now' }), /./],
      'an unknown field': [send({ chat_id: 1, text: 'A' }, { ...message, colour: 'red' }), /colour/],
    },
    unknown: exchangeOf('POST', '/bot1:a/sendPainting', { json: {} }),
  } satisfies Omit<Parameters<typeof expectReader>[0], 'right'>;
  for (const right of [send({ chat_id: '@a', text: 'A' }), byForm]) await expectReader({ ...cases, right });
});
