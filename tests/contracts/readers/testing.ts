import { expect } from 'vitest';
import type { Exchange } from '../exchange';
import type { Contract } from './contract';

interface Sent {
  json?: unknown;
  form?: Record<string, string>;
  headers?: Record<string, string>;
  status?: number;
  /** The response: JSON, or a text as it is. */
  answer?: unknown;
  answerType?: string;
}

/** Creates an exchange with credentials and, by default, an empty response. */
export function exchangeOf(method: string, address: string, sent: Sent = {}): Exchange {
  const url = new URL(address, 'https://host.invalid');
  const { json, form, status = 200, answer = '' } = sent;
  const type =
    json !== undefined ? 'application/json' : form ? 'application/x-www-form-urlencoded' : undefined;
  return {
    platform: 'test',
    method,
    host: url.hostname,
    path: url.pathname,
    query: url.searchParams,
    headers: {
      authorization: 'Bearer t',
      ...(type === undefined ? {} : { 'content-type': type }),
      ...sent.headers,
    },
    body: json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : undefined,
    status,
    answerType: sent.answerType ?? 'application/json; charset=utf-8',
    answerHeaders: {},
    answer: typeof answer === 'string' ? answer : JSON.stringify(answer),
  };
}

interface Cases {
  contract: Contract;
  right: Exchange;
  /** Requests with the parts of the messages that they must cause, and only they. */
  wrongRequests: Record<string, [Exchange, RegExp]>;
  wrongAnswers: Record<string, [Exchange, RegExp]>;
  unknown: Exchange;
}

/** Checks that a reader accepts what is right, names what is wrong, and knows what it does not know. */
export async function expectReader({ contract, right, ...cases }: Cases): Promise<void> {
  const known = contract.find(right);
  expect(known, 'the operation of the right request').not.toBeNull();
  expect(await known?.request(right), 'the right request').toEqual([]);
  expect(await known?.answer(right), 'the right answer').toEqual([]);
  for (const [name, [exchange, part]] of Object.entries(cases.wrongRequests)) {
    const wrong = (await contract.find(exchange)?.request(exchange)) ?? ['the operation is not known'];
    expect(wrong, name).not.toEqual([]);
    for (const message of wrong) expect(message, name).toMatch(part);
  }
  for (const [name, [exchange, part]] of Object.entries(cases.wrongAnswers)) {
    const wrong = (await contract.find(exchange)?.answer(exchange)) ?? ['the operation is not known'];
    expect(wrong, name).not.toEqual([]);
    for (const message of wrong) expect(message, name).toMatch(part);
  }
  expect(contract.find(cases.unknown), 'an unknown operation').toBeNull();
}
