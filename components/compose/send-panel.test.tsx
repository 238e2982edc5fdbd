import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { HoldKind } from '@/server/domains/posting-control/schemas';
import { InWords } from '@/tests/support/in-words';
import { type Draft, EMPTY } from './draft';
import { SendPanel } from './send-panel';

const panel = (held: HoldKind | null, when: Draft['when'] = 'now') =>
  renderToStaticMarkup(
    <InWords>
      <SendPanel
        draft={{ ...EMPTY, when, local: '2026-03-02T10:00' }}
        patch={() => {}}
        zone="UTC"
        zoneLabel="UTC"
        accounts={[]}
        blocked={null}
        error={null}
        busy={null}
        review={false}
        check={null}
        held={held}
        second={false}
        onSend={() => {}}
      />
    </InWords>,
  ).replace(/<[^>]*>/g, ' ');

test('offers "Post now" while posting is active', () => {
  expect(panel(null)).toContain('Post now');
  expect(panel(null)).not.toContain('nothing is published');
});

test.each([
  ['emergency', 'Everything is stopped'],
  ['pause', 'Posting is paused'],
  ['stop', 'Posting is stopped'],
] as const)('says that nothing is published (%s) and offers no "Post now"', (held, words) => {
  expect(panel(held)).not.toContain('Post now');
  expect(panel(held)).toContain('Post when posting resumes');
  for (const when of ['now', 'at'] as const)
    expect(panel(held, when)).toContain(`${words}: nothing is published until posting starts again.`);
});
