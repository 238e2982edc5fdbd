// @vitest-environment happy-dom
import { useQueryClient } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, it } from 'vitest';
import { PostPreview } from '@/components/publications/post-preview';
import { TRPCReactProvider, useTRPC } from '@/components/trpc/client';
import type { PostItem } from '@/components/trpc/outputs';
import { Avatar } from '@/components/ui/avatar';
import { truncateText } from '@/server/foundation/storable';
import { InWords } from '@/tests/support/in-words';
import { LibraryList } from './library-list';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const Around = ({ children }: { children: ReactNode }) => (
  <InWords>
    <TRPCReactProvider>{children}</TRPCReactProvider>
  </InWords>
);

const { segment } = Intl.Segmenter.prototype;
afterEach(() => {
  Intl.Segmenter.prototype.segment = segment;
  document.body.innerHTML = '';
});
/** Takes each code point for a character, as an older version of Unicode does with a conjunct. */
function segmentOlder(input: string): Intl.Segments {
  let index = 0;
  const parts = Array.from(input, (character) => {
    const part = { segment: character, index, input };
    index += character.length;
    return part;
  });
  return Object.assign(parts, {
    containing: (at = 0) => parts.findLast((part) => part.index <= at),
  }) as unknown as Intl.Segments;
}

/** Renders a page on the server, sends it as UTF-8 and hydrates it. Returns what React reports, and the shown text. */
async function hydrate(page: ReactNode, inBrowser: () => void = () => {}) {
  const sent = Buffer.from(renderToString(<Around>{page}</Around>)).toString();
  const container = document.createElement('div');
  document.body.append(container);
  container.innerHTML = sent;
  inBrowser();
  const problems: unknown[] = [];
  const report = (error: unknown) => problems.push(error);
  const root = await act(async () =>
    hydrateRoot(container, <Around>{page}</Around>, { onRecoverableError: report, onUncaughtError: report }),
  );
  const text = container.textContent;
  await act(async () => root.unmount());
  return { problems, text };
}

const post = (title: string, excerpt: string): PostItem => ({
  id: 'pst_1',
  title,
  titleGiven: true,
  topicId: null,
  prompt: null,
  status: 'draft',
  version: 1,
  createdBy: 'user:x',
  createdAt: new Date('2026-03-01T10:00:00Z'),
  updatedAt: new Date('2026-03-01T10:00:00Z'),
  platforms: ['x'],
  excerpt,
  cover: null,
  publications: {},
  results: null,
});

/** The library with one post that the server has already read. */
function Library({ item }: { item: PostItem }) {
  const trpc = useTRPC();
  const options = trpc.posts.list.infiniteQueryOptions(
    { limit: 30 },
    { getNextPageParam: (p) => p.nextCursor },
  );
  useQueryClient().setQueryData(options.queryKey, {
    pages: [{ items: [item], nextCursor: null }],
    pageParams: [null],
  });
  return <LibraryList zone="UTC" canWrite={false} />;
}

const FAMILY = '👩‍👩‍👧‍👦';

it('the library hydrates wherever an excerpt ends', async () => {
  for (const most of [4, 5, 6, 8, 12, 13]) {
    const excerpt = truncateText(`ab ${FAMILY} 🇳🇵 cafe\u0301`, most);
    const { problems, text } = await hydrate(<Library item={post(`T ${excerpt}`, excerpt)} />);
    expect(problems).toEqual([]);
    expect(text).not.toContain('\uFFFD');
  }
});

it('half an emoji would be reported', async () => {
  const { problems } = await hydrate(<Library item={post('T', `ab ${FAMILY}`.slice(0, 4))} />);
  expect(problems.length).toBeGreaterThan(0);
});

it('a browser with another version of Unicode shows what the server cut', async () => {
  const page = (
    <>
      <Avatar name="क्षमा" />
      <PostPreview platform="facebook" account="क्षमा" text={'क्षमा'.repeat(120)} />
      <PostPreview platform="x" account="क्षमा" text={`https://example.com/${'क्ष'.repeat(30)}`} />
    </>
  );
  let wanted = '';
  const { problems, text } = await hydrate(page, () => {
    wanted = document.body.textContent ?? '';
    Intl.Segmenter.prototype.segment = segmentOlder;
  });
  expect(problems).toEqual([]);
  expect(text).toBe(wanted);
});
