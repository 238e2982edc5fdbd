import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composeText } from '@/server/connectors/compose-text';
import { countText } from '@/server/connectors/text-rules';
import { hasVisibleText } from '@/server/foundation/visible-text';
import { callPlatform } from './call-platform';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
let connectionId: string;
beforeAll(async () => {
  bench = await connectionsBench();
  const done = await connectSandbox(bench.handler, bench.world.ctx, 'x', 'mira_draws');
  connectionId = done.connectionIds[0] ?? '';
});
afterAll(() => bench.close());

let number = 0;
async function publishAndLookUp(input: { text: string; link?: string | undefined }) {
  const call = { ctx: bench.world.ctx, connectionId };
  // A new window of X's rate limit for each post.
  bench.world.clock.advance(900_000);
  const since = new Date(bench.world.clock.now().getTime() - 60_000);
  const idempotencyKey = `k${number++}`;
  const { remoteId } = await callPlatform({
    ...call,
    capability: 'publish',
    input: { ...input, idempotencyKey },
  });
  const lookup = { ...input, idempotencyKey, since, exclude: [] };
  return { remoteId, found: await callPlatform({ ...call, capability: 'lookup', input: lookup }) };
}

test.each([
  ['https://example.com/aをご覧ください', undefined],
  ['Not a link at X: https://ashort.url?utm_source=x', undefined],
  ['これはexample.comとexample.org/xです', 'https://example.com/日本語?q=é'],
  ['Tea & <cake> &amp; “more”\n\n\n\n  https://example.com/a_(b).', undefined],
  ['Twice example.com and example.com', undefined],
  ['', 'https://example.com/a'],
  ['See https://example.com/about', 'https://example.com/a'],
  ['A mark \uFEFF that X refuses', undefined],
  ['👩🏽‍🚀 https://例え.jp/あ', undefined],
  ['example.org/x_(y)&lt;http://example.com 7', undefined],
])('finds %j on X after it was published', async (text, link) => {
  const { remoteId, found } = await publishAndLookUp({ text, link });
  expect(found).toMatchObject({ found: 'yes', post: { remoteId } });
});

const piece = fc.constantFrom(
  ...[
    ' ',
    '\n',
    '\n\n\n',
    '。',
    'をご覧ください',
    '(',
    ')',
    ', ',
    '. ',
    '!',
    '…',
    '@mira',
    '#new',
    '&',
    '<b>',
    '&lt;',
    '"',
  ],
  ...['Read', 'this', '茶', '한국', 'é', 'e\u0301', '👍', '👩🏽‍🚀', '🇳🇵', '\u2066', '\u200B'],
  ...[
    'https://example.com/a',
    'http://example.com',
    'example.org/x_(y)',
    'https://例え.jp/あ?q=é',
    'https://t.co/abc123',
  ],
);

test('finds every text that X accepts', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 10 }).map((parts) => parts.join('')),
      fc.option(fc.constantFrom('https://example.com/a', 'https://example.com/b?c=d&e'), { nil: undefined }),
      async (text, link) => {
        // Each post differs from the others, which would be refused as duplicates.
        const unique = `${text} ${++done}`;
        fc.pre(hasVisibleText(composeText('x', unique, link)) && countText('x', unique, link) <= 280);
        const { remoteId, found } = await publishAndLookUp({ text: unique, link });
        expect(found).toMatchObject({ found: 'yes', post: { remoteId } });
      },
    ),
    { numRuns: 60 },
  );
});
