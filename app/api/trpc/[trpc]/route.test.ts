import { expect, test, vi } from 'vitest';
import { wordsIn } from '@/i18n/words';
import { generalRules } from '@/server/connectors/kit/text';
import { systemClock } from '@/server/foundation/clock';
import { MAX_TEXT_WORK } from '@/server/foundation/text-work';
import { POST } from './route';

// Checks of links use nothing else of the context.
vi.mock('@/server/trpc/context', () => ({
  createTrpcContext: async () => ({
    clock: systemClock,
    words: wordsIn('en'),
    viewer: { userId: 'user_1', sessionId: 's', name: 'Ann', workspace: { id: 'ws_1', role: 'operator' } },
  }),
}));

test('the calls of a batch share one limit of work on texts', async () => {
  const search = vi.spyOn(generalRules, 'findLinks');
  const calls = Array.from({ length: 20 }, (_, i) => [
    i,
    { json: { texts: [`${'中.'.repeat(9_000)}${i}`] } },
  ]);
  const names = calls.map(() => 'publications.checkLinks').join(',');
  const answer = await POST(
    new Request(`http://here.test/api/trpc/${names}?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(Object.fromEntries(calls)),
    }),
  );
  expect(answer.status).toBe(200);
  const searched = search.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
  search.mockRestore();
  expect(searched).toBeGreaterThan(18_000);
  expect(searched).toBeLessThanOrEqual(MAX_TEXT_WORK / 5);
});
