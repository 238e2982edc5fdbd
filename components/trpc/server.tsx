import 'server-only';
import {
  dehydrate,
  type FetchInfiniteQueryOptions,
  type FetchQueryOptions,
  HydrationBoundary,
} from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { cache, type ReactNode } from 'react';
import { createTrpcContext } from '@/server/trpc/context';
import { appRouter, createCaller } from '@/server/trpc/root';
import { makeQueryClient } from './query-client';

export const getQueryClient = cache(makeQueryClient);
const context = cache(() => createTrpcContext());

/** For prefetching: `await prefetch(trpc.posts.list.queryOptions(input))`. */
export const trpc = createTRPCOptionsProxy({ ctx: context, router: appRouter, queryClient: getQueryClient });

/** The caller for server components: `const caller = await api(); await caller.posts.list(input)`. Throws TRPCError. */
export const api = cache(async () => createCaller(await context()));

/** Starts a query whose result is streamed to the browser with the page. Wrap the client components in `HydrateClient`. */
export function prefetch(options: object): Promise<void> {
  const client = getQueryClient();
  const { queryKey } = options as { queryKey?: readonly [unknown, { type?: string }?] };
  return queryKey?.[1]?.type === 'infinite'
    ? client.prefetchInfiniteQuery(options as FetchInfiniteQueryOptions)
    : client.prefetchQuery(options as FetchQueryOptions);
}

/** Passes the prefetched data to the client components inside. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
