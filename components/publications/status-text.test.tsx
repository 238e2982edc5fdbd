import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { PublicationItem } from '@/components/trpc/outputs';
import { InWords } from '@/tests/support/in-words';
import { PublicationProgress, PublicationStatusText } from './status-text';

const base = {
  platform: 'x',
  connectionName: '@ada',
  connected: true,
  dueAt: new Date('2026-03-02T10:00:00Z'),
  retryAt: null,
  publishedAt: null,
  lateByMs: null,
} as unknown as PublicationItem;
const rendered = (component: ReactNode) => renderToStaticMarkup(<InWords>{component}</InWords>);
const textOf = (more: Partial<PublicationItem>) =>
  rendered(<PublicationStatusText publication={{ ...base, ...more }} zone="UTC" />).replace(/<[^>]*>/g, '');

test.each([
  [{ state: 'scheduled' }, 'Publishes Mon, 2 Mar, 10:00 UTC'],
  [
    { state: 'scheduled', connected: false },
    'Scheduled for Mon, 2 Mar, 10:00 UTC. Reconnect the account so that it can be published.',
  ],
  [
    { state: 'awaiting_approval', connected: false },
    'Scheduled for Mon, 2 Mar, 10:00 UTC. Reconnect the account so that it can be published.',
  ],
  [{ state: 'queued' }, 'Publishes Mon, 2 Mar, 10:00 UTC'],
  [
    { state: 'scheduled', retryAt: new Date('2026-03-02T10:05:00Z') },
    'Not published yet. Next attempt 10:05',
  ],
  [{ state: 'publishing' }, 'Scheduled for Mon, 2 Mar, 10:00 UTC. Publishing now.'],
  [
    { state: 'publishing', retryAt: new Date('2026-03-02T10:05:00Z') },
    'Scheduled for Mon, 2 Mar, 10:00 UTC. Retrying now.',
  ],
  [
    { state: 'published', publishedAt: new Date('2026-03-02T10:03:00Z'), lateByMs: 180_000 },
    'Published Mon, 2 Mar, 10:03 UTC, 3 min late',
  ],
] as [Partial<PublicationItem>, string][])('%o as text', (more, words) => {
  expect(textOf(more).replace('Mon 2 Mar', 'Mon, 2 Mar')).toBe(words);
});

test.each([
  [
    'emergency',
    { state: 'scheduled' },
    'Everything is stopped: it is not published until posting starts again.',
  ],
  ['pause', { state: 'scheduled' }, 'Posting is paused: it is not published until posting starts again.'],
  [
    'emergency',
    { state: 'scheduled', retryAt: new Date('2026-03-02T10:05:00Z') },
    'Everything is stopped: it is not published until posting starts again.',
  ],
  [
    'stop',
    { state: 'awaiting_approval' },
    'Posting is stopped: it is published once it is approved and posting starts again.',
  ],
] as const)('while posting is on hold (%s), %o promises no publication', (held, more, words) => {
  const html = rendered(
    <PublicationStatusText publication={{ ...base, ...more } as PublicationItem} zone="UTC" held={held} />,
  );
  expect(html.replace(/<[^>]*>/g, '').replace('Mon 2 Mar', 'Mon, 2 Mar')).toBe(
    `Scheduled for Mon, 2 Mar, 10:00 UTC. ${words}`,
  );
});

test('a hold does not change the text of a publication that is published, being sent, failed, uncertain or cancelled', () => {
  for (const state of ['published', 'publishing', 'failed', 'unknown', 'cancelled'] as const) {
    const one = { ...base, state } as PublicationItem;
    expect(rendered(<PublicationStatusText publication={one} zone="UTC" held="emergency" />)).toBe(
      rendered(<PublicationStatusText publication={one} zone="UTC" />),
    );
  }
});

test('the progress line shows the step, only while the publication is in progress', () => {
  const line = (state: PublicationItem['state']) => rendered(<PublicationProgress state={state} />);
  expect(line('queued')).toContain('aria-valuenow="1"');
  expect(line('publishing')).toContain('aria-valuenow="2"');
  for (const state of ['scheduled', 'published', 'failed'] as const) expect(line(state)).toBe('');
});
