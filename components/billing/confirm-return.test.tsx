// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import superjson from 'superjson';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TRPCReactProvider } from '@/components/trpc/client';
import { eventually } from '@/tests/support/eventually';
import { InWords } from '@/tests/support/in-words';
import { ConfirmReturn } from './confirm-return';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const router = vi.hoisted(() => ({ replace: vi.fn(), refresh: vi.fn() }));
vi.mock('next/navigation', () => ({ useRouter: () => router }));

let root: Root;
/** Answers the request that the page waits for; undefined until it is sent. */
let answer: (() => void) | undefined;
const answerIt = async () => {
  await eventually(() => expect(answer).toBeDefined());
  await act(async () => answer?.());
  await eventually(() => expect(router.refresh).toHaveBeenCalledOnce());
};

beforeEach(async () => {
  vi.clearAllMocks();
  answer = undefined;
  vi.stubGlobal('fetch', () => {
    const result = superjson.serialize({ plan: 'pro', unpaid: false });
    return new Promise<Response>((resolve) => {
      answer = () => resolve(Response.json([{ result: { data: result } }]));
    });
  });
  document.body.innerHTML = '<a href="/connections">Connections</a><div></div>';
  root = createRoot(document.querySelector('div') as HTMLElement);
  await act(async () =>
    root.render(
      <InWords>
        <TRPCReactProvider>
          <ConfirmReturn returned={{ from: 'checkout', sessionId: 'cs_1' }} path="/settings/billing" />
        </TRPCReactProvider>
      </InWords>,
    ),
  );
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

test('shows the page without the payment in its URL once the plan is in effect', async () => {
  await answerIt();
  expect(router.replace).toHaveBeenCalledExactlyOnceWith('/settings/billing');
});

test('does not take a user back who has gone to another page meanwhile', async () => {
  const link = document.querySelector('a');
  link?.addEventListener('click', (event) => event.preventDefault());
  link?.click();
  await answerIt();
  expect(router.replace).not.toHaveBeenCalled();
});
