import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import type { PublicationItem } from '@/components/trpc/outputs';
import { messagesOf } from '@/i18n/messages';
import { plain } from '@/tests/support/plain';
import { mediaStatusText, notUploaded } from './media-status-text';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'publications' });

type One = PublicationItem['media'][number];
const shown = (text: string) => ({ ...plain(text), text });
const one = (state: One['state'], more: Partial<One> = {}): One => ({
  fileId: 'f',
  alt: '',
  kind: 'picture',
  mime: 'image/png',
  bytes: 100,
  width: 1,
  height: 1,
  durationMs: null,
  state,
  part: null,
  problem: null,
  reconnect: false,
  ...more,
});
const textOf = (media: One[], state: PublicationItem['state'] = 'scheduled') =>
  mediaStatusText({ state, media }, 'X', t)?.words ?? null;

test('reports the progress of the pictures and what blocks them', () => {
  expect(textOf([])).toBeNull();
  expect(textOf([one('ready')], 'published')).toBeNull();
  expect(textOf([one('waiting')])).toBe('The picture is uploaded to X shortly before publishing.');
  expect(textOf([one('ready'), one('uploading', { part: 50 })])).toBe('Uploading the pictures to X, 75 %');
  expect(textOf([one('processing', { kind: 'video', part: 60 })])).toBe('X is processing the video, 60 %');
  expect(textOf([one('processing', { kind: 'gif' })])).toBe('X is processing the GIF');
  expect(textOf([one('uploading', { problem: shown('X asked us to slow down.') })])).toBe(
    'X asked us to slow down. We will keep trying.',
  );
  expect(
    textOf([
      one('ready'),
      one('uploading', { problem: shown('X needs you to sign in again.'), reconnect: true }),
    ]),
  ).toBe('X needs you to sign in again. The upload continues once you reconnect the account.');
  expect(textOf([one('waiting', { reconnect: true })])).toBe(
    'X needs you to sign in again. The upload continues once you reconnect the account.',
  );
  expect(textOf([one('ready'), one('failed', { problem: shown('X could not read it.') })])).toBe(
    'Picture 2: X could not read it.',
  );
  expect(textOf([one('ready'), one('ready')])).toBe('The pictures are on X.');
});

test('lists show that a picture is missing while there is still time to fix it', () => {
  const media = [one('ready'), one('failed', { kind: 'video' })];
  expect(notUploaded({ state: 'scheduled', media }, t)).toBe('Video not uploaded');
  expect(notUploaded({ state: 'failed', media }, t)).toBeNull();
  expect(notUploaded({ state: 'scheduled', media: [one('ready')] }, t)).toBeNull();
});

test('an upload that waits for a reconnection does not count as moving', () => {
  const held = mediaStatusText(
    {
      state: 'scheduled',
      media: [one('uploading', { problem: shown('X needs you to sign in again.'), reconnect: true })],
    },
    'X',
    t,
  );
  expect(held).toMatchObject({ state: 'reconnect', part: null });
});
