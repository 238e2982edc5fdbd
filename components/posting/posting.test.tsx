import {
  dehydrate,
  HydrationBoundary,
  MutationObserver,
  type QueryClient,
  useQueryClient,
} from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it, vi } from 'vitest';
import { HeldBar } from '@/components/shell/held-bar';
import { TRPCReactProvider } from '@/components/trpc/client';
import { makeQueryClient } from '@/components/trpc/query-client';
import type { PostingState as Posting } from '@/server/domains/posting-control/schemas';
import { type Shown, verbatim } from '@/server/foundation/facts';
import { InWords } from '@/tests/support/in-words';
import { applyResult } from './answer';
import { PostingControls } from './posting-controls';

vi.mock('next/navigation', () => ({ useRouter: () => ({ refresh: () => {}, replace: () => {} }) }));

const keys = {
  posting: [['autoPosting', 'get'], { type: 'query' }],
  shell: [['home', 'shell'], { type: 'query' }],
};
type PostingState = Shown<Posting>;
const ADA = { ...verbatim('Ada'), text: 'Ada' };
const going: PostingState = {
  hold: null,
  waiting: 3,
  waitingPosts: 2,
  overdue: 0,
  missedPolicy: 'post',
  missedMinutes: 120,
  stop: null,
  may: { pause: true, stop: true, emergency: true },
};
const held = (kind: 'pause' | 'stop' | 'emergency'): PostingState => ({
  ...going,
  hold: { kind, since: new Date('2026-03-02T10:30:00Z'), by: ADA, sending: 0, mayStart: true },
});
/** A tab on Home, with posting active or in `state`. */
function tab(state = going) {
  const queries = makeQueryClient();
  queries.setQueryData(keys.posting, state);
  queries.setQueryData(keys.shell, { hold: state.hold, todoCount: 4 });
  return queries;
}
function see(queries: QueryClient, before?: ReactNode) {
  const part = (of: ReactNode) =>
    renderToStaticMarkup(
      <InWords>
        <TRPCReactProvider>
          <HydrationBoundary state={dehydrate(queries)}>
            {before}
            {of}
          </HydrationBoundary>
        </TRPCReactProvider>
      </InWords>,
    );
  return {
    bar: part(<HeldBar zone="Asia/Kathmandu" />),
    home: part(<PostingControls zone="Asia/Kathmandu" />),
  };
}
/** Simulates a pressed button whose request is still pending. */
function Pressed({ change }: { change: string }) {
  const queries = useQueryClient();
  void queries
    .getMutationCache()
    .build(queries, { mutationKey: [['autoPosting', change]], mutationFn: () => new Promise(() => {}) })
    .execute(undefined);
  return null;
}

it('the bar and Home show the result of a change immediately', async () => {
  const queries = tab();
  expect(see(queries).bar).toBe('');
  expect(see(queries).home).toContain('Posting is on');
  for (const [kind, title] of [
    ['emergency', 'Everything is stopped'],
    ['pause', 'Posting is paused'],
    ['stop', 'Posting is stopped'],
  ] as const) {
    await applyResult(queries, keys, held(kind));
    const { bar, home } = see(queries);
    expect(bar).toContain(title);
    expect(home).toContain(title);
    expect(home).toContain('16:15');
    expect(home).not.toContain('Posting is on');
  }
  await applyResult(queries, keys, going);
  expect(see(queries).bar).toBe('');
  expect(see(queries).home).toContain('Posting is on');
  expect(queries.getQueryData(keys.shell)).toEqual({ hold: null, todoCount: 4 });
});

it('a query that started before the change does not restore the old state', async () => {
  const queries = tab();
  let answer: (state: PostingState) => void = () => {};
  const early = queries
    .fetchQuery({
      queryKey: keys.posting,
      queryFn: () => new Promise<PostingState>((resolve) => (answer = resolve)),
    })
    .catch(() => undefined);
  await applyResult(queries, keys, held('emergency'));
  answer(going);
  await early;
  expect(queries.getQueryData<PostingState>(keys.posting)?.hold?.kind).toBe('emergency');
});

it('shows everywhere what is in progress until the response, and accepts no second press', () => {
  const queries = tab();
  const { home } = see(queries, <Pressed change="emergencyStop" />);
  expect(home).toContain('Stopping everything');
  expect(home).not.toContain('Posting is on');
  for (const button of home.match(/<button[^>]*>/g) ?? []) expect(button).toContain('disabled=""');
  const { bar } = see(tab(held('pause')), <Pressed change="start" />);
  expect(bar).toContain('Starting again');
  expect(bar).toMatch(/<button[^>]*disabled=""/);
  // Any other change only shows that work is in progress.
  expect(see(queries, <Pressed change="" />).home).toContain('Working');
});

it('a refused change leaves the state as it was', async () => {
  const queries = tab();
  const change = new MutationObserver(queries, {
    mutationKey: [['autoPosting', 'pause']],
    mutationFn: () => Promise.reject(new Error('no')),
    onSuccess: (state: PostingState) => applyResult(queries, keys, state),
  });
  await expect(change.mutate()).rejects.toThrow('no');
  expect(see(queries).home).toContain('Posting is on');
  expect(queries.isMutating({ mutationKey: [['autoPosting']] })).toBe(0);
});

it('the emergency stop is unobtrusive on the page: red text without a red background', () => {
  const { home } = see(tab());
  const button = /<button[^>]*>(?:(?!<\/button>).)*Emergency stop/.exec(home)?.[0] ?? '';
  expect(button).toContain('text-destructive');
  expect(button).not.toContain('bg-destructive');
});
