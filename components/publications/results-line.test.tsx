import { renderToStaticMarkup } from 'react-dom/server';
import { createTranslator } from 'use-intl/core';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { InWords } from '@/tests/support/in-words';
import { agoInWords, ResultsLine } from './results-line';
import { threadsOf } from './threads';

const line = (results: Parameters<typeof ResultsLine>[0]['results']) =>
  renderToStaticMarkup(
    <InWords>
      <ResultsLine results={results} zone="UTC" />
    </InWords>,
  )
    .replace(/<[^>]*>/g, '')
    .replace('Mon 2 Mar', 'Mon, 2 Mar');
const readAt = new Date('2026-03-02T10:00:00Z');

test('unknown numbers are left out and not shown as 0', () => {
  expect(line({ likes: 12, replies: 3, reposts: null, views: null, readAt })).toBe(
    '12 likes · 3 replies · updated Mon, 2 Mar, 10:00',
  );
  expect(line({ likes: 1, replies: 0, reposts: 1, views: 1340, readAt })).toBe(
    '1 like · 0 replies · 1 repost · 1,340 views · updated Mon, 2 Mar, 10:00',
  );
  expect(line({ likes: null, replies: null, reposts: null, readAt })).toBe(
    'No results reported · updated Mon, 2 Mar, 10:00',
  );
  expect(line({ likes: 5, replies: 5, reposts: 5, readAt: null })).toBe('');
});

test('elapsed time is shown in readable units', () => {
  const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'publications' });
  expect(
    [-5, 59_000, 60_000, 59 * 60_000, 3_600_000, 47 * 3_600_000, 72 * 3_600_000].map((ms) =>
      agoInWords(ms, 'en', t),
    ),
  ).toEqual([
    'just now',
    'just now',
    '1 minute ago',
    '59 minutes ago',
    '1 hour ago',
    '47 hours ago',
    '3 days ago',
  ]);
});

test('a later follow-up is not part of the thread', () => {
  const row = (id: string, kind: 'post' | 'reply' | 'repost', followsId: string | null = null) => ({
    id,
    kind,
    followsId,
  });
  const threads = threadsOf([
    row('pub_a', 'post'),
    row('pub_a-02', 'reply', 'pub_a'),
    row('pub_b', 'reply', 'pub_a'),
    row('pub_c', 'repost', 'pub_a'),
  ]);
  expect(threads.map((t) => [t.post.id, t.parts.map((p) => p.id)])).toEqual([
    ['pub_a', ['pub_a-02']],
    ['pub_b', []],
    ['pub_c', []],
  ]);
});
