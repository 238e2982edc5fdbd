import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { TRPCReactProvider } from '@/components/trpc/client';
import type { ConnectionChoice } from '@/server/domains/connections/schemas';
import { InWords } from '@/tests/support/in-words';
import { ChoiceCard } from './choice-card';

const nothing = () => {};
const show = (choice: Partial<ConnectionChoice>) =>
  renderToStaticMarkup(
    <InWords>
      <TRPCReactProvider>
        <ChoiceCard
          choice={{
            id: 'coc_1',
            platform: 'facebook',
            environment: 'live',
            expiresAt: new Date('2026-03-02T10:30:00Z'),
            room: null,
            accounts: [],
            ...choice,
          }}
          platformName="Facebook"
          noun="Page"
          zone="Asia/Kathmandu"
          arriving={false}
          onDone={nothing}
          onDropped={nothing}
          onOver={nothing}
        />
      </TRPCReactProvider>
    </InWords>,
  );
const account = (n: number, connected = false) => ({
  remoteId: String(n),
  name: `Page <${n}>`,
  url: null,
  connected,
});
const boxes = (html: string) => html.match(/<button[^>]*role="checkbox"[^>]*>/g) ?? [];

it('offers every Page, none selected, and shows until when the choice is available', () => {
  const html = show({ accounts: [account(1), account(2)], room: 3, environment: 'sandbox' });
  expect(boxes(html)).toHaveLength(2);
  for (const box of boxes(html)) {
    expect(box).toContain('aria-checked="false"');
    expect(box).not.toContain('disabled=""');
  }
  expect(html).toContain('Page &lt;1&gt;');
  expect(html).toContain('16:15');
  expect(html).toContain('Your plan allows 3 more.');
  expect(html).toContain('Sandbox');
  expect(html).not.toContain('type="search"');
});

it('shows a connected Page as such and does not let it be selected again', () => {
  const [connected, other] = boxes(show({ accounts: [account(1, true), account(2)] }));
  expect(connected).toMatch(/aria-checked="true".*disabled=""/);
  expect(other).not.toContain('disabled=""');
});

it('offers an upgrade when the plan is full, and lets nothing be selected', () => {
  const html = show({ accounts: [account(1), account(2, true)], room: 0 });
  expect(html).toContain('href="/settings/billing"');
  for (const box of boxes(html)) expect(box).toContain('disabled=""');
  expect(html).toMatch(/<button[^>]*type="submit"[^>]*disabled=""/);
});

it('can be searched when there are many accounts', () => {
  expect(show({ accounts: Array.from({ length: 11 }, (_, n) => account(n)) })).toContain('type="search"');
});
