import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { plain } from '@/tests/support/plain';
import { diskFull } from '../files/disk';
import { tookTooLong } from '../files/facts';
import { type Answer, type Change, changeFor, type Reached } from './change-for';
import { uploadRetryDelay } from './policy';

const NOW = new Date('2026-03-02T10:00:00Z');
const BYTES = 10;
const fresh = (): Reached => ({
  progress: null,
  bytesSent: 0,
  percent: null,
  failures: 0,
  restarts: 0,
  bytes: BYTES,
});
/** The row after `write` applied a change. */
const after = (at: Reached, change: Change): Reached => ({
  ...at,
  progress: change.progress === undefined ? at.progress : change.progress,
  bytesSent: change.sent ?? at.bytesSent,
  percent: change.percent === undefined ? at.percent : change.percent,
  failures: change.failures,
  restarts: change.restarts ?? at.restarts,
});
/** Repeats the responses in a cycle until the upload ends, for at most `most` requests. */
function run(answers: readonly Answer[], most: number) {
  let at = fresh();
  let elapsed = 0;
  for (let requests = 1; requests <= most; requests++) {
    const change = changeFor(answers[(requests - 1) % answers.length] as Answer, at, NOW, 'X');
    elapsed += change.wait;
    if (change.state === 'failed') return { ended: true, requests, elapsed, change };
    at = after(at, change);
  }
  return { ended: false, requests: most, elapsed, change: null };
}

const fault = (kind: 'transient' | 'rate_limited' | 'reauth', retryAfter?: number): Answer => ({
  state: 'fault',
  error: new ConnectorFault(kind, plain(`A fault: ${kind}.`), retryAfter === undefined ? {} : { retryAfter }),
});
const uploading = (sent: number): Answer => ({ state: 'uploading', progress: { sent }, sent });
const again: Answer = { state: 'again' };
/** Responses that neither end the upload nor require waiting for a user or the platform. */
const busy = fc.oneof(
  fc.integer({ min: 0, max: BYTES }).map(uploading),
  fc.constant(again),
  fc.constant(fault('transient')),
);
/** Responses that take time. The post's own patience limits them. */
const slow = fc.oneof(
  fc.tuple(fc.option(fc.integer({ min: 0, max: 100 })), fc.integer({ min: 0, max: 60 })).map(
    ([percent, checkAfterSeconds]): Answer => ({
      state: 'processing',
      progress: { phase: 'processing' },
      percent,
      checkAfterSeconds,
    }),
  ),
  fc.integer({ min: 0, max: 60 }).map((seconds) => fault('rate_limited', seconds)),
  fc.constant(fault('reauth')),
);

/** Upper bound: all restarts, each with every step of progress, each followed by every failure. */
const MAX = 6 * (BYTES + 1 + 102) * 8;

test('whatever a platform responds, an upload ends within a bounded number of requests', () => {
  fc.assert(
    fc.property(fc.array(busy, { minLength: 1, maxLength: 30 }), (answers) => {
      expect(run(answers, MAX).ended).toBe(true);
    }),
  );
});

test('an upload that keeps waiting pauses between requests', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(busy, slow), { minLength: 1, maxLength: 30 }), (answers) => {
      const { ended, requests, elapsed } = run(answers, 3 * MAX);
      if (!ended) expect(elapsed).toBeGreaterThanOrEqual((requests - MAX) * 1000);
    }),
    { numRuns: 50 },
  );
});

test('an upload that is lost after every segment restarts a few times, then a user is notified', () => {
  const { requests, change } = run([uploading(0), uploading(5), uploading(10), again], 1000);
  expect(requests).toBe(6 * 4);
  expect(change).toMatchObject({
    state: 'failed',
    problem: 'X lost the upload several times.',
    tell: true,
  });
});

test('progress resets the failures, so each segment may have its own', () => {
  let at = fresh();
  for (let sent = 0; sent <= BYTES; sent++) {
    at = after(at, changeFor(uploading(sent), at, NOW, 'X'));
    expect(at.failures).toBe(0);
    for (let i = 1; i <= 7; i++) {
      const change = changeFor(fault('transient'), at, NOW, 'X');
      expect(change.state).toBeUndefined();
      at = after(at, change);
    }
  }
  expect(changeFor(fault('transient'), at, NOW, 'X')).toMatchObject({ state: 'failed', tell: true });
});

test('a description after the last segment is sent without delay, but a step repeated without progress is not', () => {
  const at = { ...fresh(), progress: {}, bytesSent: BYTES };
  expect(changeFor(uploading(BYTES), at, NOW, 'X')).toMatchObject({ state: 'uploading', wait: 0 });
  const { ended, requests, change } = run([uploading(3)], 100);
  expect({ ended, requests }).toEqual({ ended: true, requests: 9 });
  expect(change?.problem).toEqual('X took the upload but did not finish processing it.');
});

test('a falling percentage from the platform does not lower the progress', () => {
  const looked = (percent: number | null): Answer => ({
    state: 'processing',
    progress: {},
    percent,
    checkAfterSeconds: 0,
  });
  let at = fresh();
  const seen = [40, null, 30, 60].map((percent) => {
    const change = changeFor(looked(percent), at, NOW, 'X');
    at = after(at, change);
    return [at.percent, change.wait];
  });
  expect(seen).toEqual([
    [40, 1000],
    [40, 1000],
    [40, 1000],
    [60, 1000],
  ]);
});

test('our own lack of time or space is tried again; a file that is gone is not', () => {
  const failedFor = (error: AppError) => changeFor({ state: 'fault', error }, fresh(), NOW, 'X');
  for (const error of [tookTooLong(), diskFull()])
    expect(failedFor(error)).toMatchObject({ failures: 1, wait: uploadRetryDelay(1), problem: error.fact });
  const gone = new AppError('unavailable', fact('files.errors.notRead'));
  expect(failedFor(gone)).toMatchObject({ state: 'failed', tell: true });
});
