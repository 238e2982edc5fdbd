import { describe, expect, test } from 'vitest';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import { labelOf } from '../publications/label';
import { ABSENCE_GRACE_MS, usableKeyMs } from '../publications/policy';
import { classifyLookUp, type LookUpAnswer, type LookUpHistory } from './classify-look-up';

const now = new Date('2026-03-02T10:00:00Z');
const label = labelOf('post', 'Bread', 'X', null);
const LOOKS_UP = { looksUp: true, keyMs: null };
const BLIND = { looksUp: false, keyMs: null };
const why = fact('publisher.notes.cannotAsk');
const post = { remoteId: '1', permalink: 'https://x.test/1' };

const classify = (
  answer: LookUpAnswer,
  {
    traits = LOOKS_UP as { looksUp: boolean; keyMs: number | null } | null,
    taken = false,
    ...history
  }: Partial<LookUpHistory> & {
    traits?: { looksUp: boolean; keyMs: number | null } | null;
    taken?: boolean;
  } = {},
) => {
  const { result, ending } = classifyLookUp(
    {
      publicationId: 'pub_1',
      postId: 'post_1',
      account: '@bread',
      following: 0,
      since: now.getTime() - ABSENCE_GRACE_MS,
      lastLeft: now.getTime() - ABSENCE_GRACE_MS,
      unseen: 1,
      unclear: 0,
      ...history,
    },
    answer,
    taken,
    traits,
    label,
    now,
  );
  const at = ending.leaseUntil ?? ending.retryAt;
  return {
    result,
    step: ending.step,
    outcome: ending.outcome,
    inMs: at ? at.getTime() - now.getTime() : null,
  };
};

describe('a post that was found', () => {
  test('is published with its id and address', () => {
    expect(classify({ found: 'yes', post })).toEqual({
      result: 'published',
      step: 'succeed',
      outcome: 'published',
      inMs: null,
    });
  });

  test('is looked up again if it may be another publication’s', () => {
    expect(classify({ found: 'yes', post }, { taken: true })).toEqual({
      result: 'waiting',
      step: 'doubt',
      outcome: 'unknown_outcome',
      inMs: 5_000,
    });
  });
});

describe('a post that is absent', () => {
  test('is looked up again until every request of the last attempt must have arrived', () => {
    for (const early of [1, ABSENCE_GRACE_MS])
      expect(classify({ found: 'absent' }, { lastLeft: now.getTime() - ABSENCE_GRACE_MS + early })).toEqual({
        result: 'waiting',
        step: 'doubt',
        outcome: 'absent',
        inMs: early,
      });
  });

  test('is then sent again immediately, and fails after the fifth send', () => {
    for (const unseen of [1, 2, 3, 4])
      expect(classify({ found: 'absent' }, { unseen })).toEqual({
        result: 'sent_again',
        step: 'sendAgain',
        outcome: 'absent',
        inMs: 0,
      });
    expect(classify({ found: 'absent' }, { unseen: 5 })).toMatchObject({ result: 'failed', step: 'fail' });
  });
});

test.each([
  ['unclear', { found: 'unclear', why } as const, 'unknown_outcome'],
  ['an unknown error', { found: 'fault', error: new Error('boom') } as const, 'transient'],
  [
    'a refusal of the look-up',
    { found: 'fault', error: new ConnectorFault('rejected', why) } as const,
    'transient',
  ],
  ['an ended connection', { found: 'fault', error: new ConnectorFault('reauth', why) } as const, 'reauth'],
])('%s is repeated after 10, 30, 60 and 180 s, and then a user is asked', (_, answer, outcome) => {
  for (const [unclear, inMs] of [10_000, 30_000, 60_000, 180_000].entries())
    expect(classify(answer, { unclear })).toEqual({ result: 'waiting', step: 'doubt', outcome, inMs });
  expect(classify(answer, { unclear: 4 })).toMatchObject({ result: 'asked', step: 'askPerson', outcome });
});

test('a rate limit delays the next look-up at least as long as the platform requests', () => {
  const limited = (retryAfter: number) =>
    classify({ found: 'fault', error: new ConnectorFault('rate_limited', why, { retryAfter }) }).inMs;
  expect(limited(2)).toBe(10_000);
  expect(limited(900)).toBe(900_000);
});

test('a platform that cannot tell but knows the key gets the post again while it does', () => {
  const traits = { looksUp: true, keyMs: 3_600_000 };
  const since = (minutes: number) => ({ traits, since: now.getTime() - minutes * 60_000 });
  expect(classify({ found: 'unclear', why }, since(39))).toMatchObject({ result: 'sent_again' });
  expect(classify({ found: 'unclear', why }, since(40))).toMatchObject({ result: 'waiting' });
});

describe('a platform that cannot be asked', () => {
  test('leads to a question to a user', () => {
    for (const traits of [BLIND, null])
      expect(classify({ found: 'unclear', why }, { traits })).toMatchObject({ result: 'asked' });
  });

  test('gets the post again under the same key only while it certainly remembers the key', () => {
    const traits = { looksUp: false, keyMs: 24 * 3_600_000 };
    const remembered = usableKeyMs(24 * 3_600_000);
    const since = (age: number) => ({ traits, since: now.getTime() - age });
    expect(classify({ found: 'unclear', why }, since(remembered - 10_001))).toEqual({
      result: 'sent_again',
      step: 'sendAgain',
      outcome: 'unknown_outcome',
      inMs: 10_000,
    });
    expect(classify({ found: 'unclear', why }, since(remembered - 10_000))).toMatchObject({
      result: 'asked',
    });
  });
});

test('a repost is repeated after growing delays, and then a user is asked', () => {
  for (const [i, inMs] of [10_000, 30_000, 60_000, 180_000].entries())
    expect(classify({ found: 'repeat' }, { unseen: i + 1 })).toMatchObject({ result: 'sent_again', inMs });
  expect(classify({ found: 'repeat' }, { unseen: 5 })).toMatchObject({ result: 'asked' });
});
