import { expect, test } from 'vitest';
import { plain } from '@/tests/support/plain';
import { mediaShown, type Upload } from './uploads-shown';

const NOW = new Date('2026-03-02T10:00:00Z');
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const picture = {
  fileId: 'f',
  alt: '',
  kind: 'picture' as const,
  mime: 'image/png',
  bytes: 200,
  width: 1,
  height: 1,
  durationMs: null,
};
const upload = (more: Partial<Upload>): Upload => ({
  state: 'ready',
  sent: 200,
  percent: null,
  problem: null,
  until: at(60).getTime(),
  ...more,
});
const shown = (
  uploads: Upload[] | null,
  { dueAt = at(10), state = 'scheduled' as const, connected = true, now = NOW, mediaAhead = true } = {},
) => mediaShown({ media: [picture], mediaAhead, dueAt, state }, uploads, { now, connected })[0];

test('progress is the share that was sent, or the platform’s own figure', () => {
  expect(shown([upload({ state: 'uploading', sent: 50, until: null })])).toMatchObject({
    state: 'uploading',
    part: 25,
  });
  expect(shown([upload({ state: 'processing', percent: 70, until: null })])?.part).toBe(70);
  expect(shown([upload({ state: 'failed', problem: plain('Too big.') })])).toMatchObject({
    state: 'failed',
    problem: 'Too big.',
  });
  expect(shown(null)).toMatchObject({ state: 'waiting', part: null });
});

test('media that the platform forgets before the post, or has already forgotten, is not there', () => {
  expect(shown([upload({})])?.state).toBe('ready');
  expect(shown([upload({ until: at(9).getTime() })])?.state).toBe('waiting');
  // Its lane is waiting, and its time has passed.
  const late = { dueAt: at(-300) };
  expect(shown([upload({ until: at(-1).getTime() })], late)?.state).toBe('waiting');
  expect(shown([upload({ until: at(1).getTime() })], late)?.state).toBe('ready');
});

test('an account that is not connected holds back media that is not there yet', () => {
  const apart = { connected: false };
  expect(shown([upload({ state: 'uploading' })], apart)?.reconnect).toBe(true);
  expect(shown([upload({ until: at(9).getTime() })], apart)?.reconnect).toBe(true);
  expect(shown([upload({})], apart)?.reconnect).toBe(false);
  expect(shown([upload({ state: 'failed' })], apart)?.reconnect).toBe(false);
  expect(shown([upload({ state: 'uploading' })])?.reconnect).toBe(false);
});
