'use client';

import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpLink, isNonJsonSerializable, splitLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useEffect, useState } from 'react';
import superjson from 'superjson';
import type { AppRouter } from '@/server/trpc/root';
import { setUnreachableMessage } from './app-error';
import { makeQueryClient } from './query-client';

const context = createTRPCContext<AppRouter>();
/** `const trpc = useTRPC()`, then `useQuery(trpc.posts.list.queryOptions(input))`, `useMutation(trpc.posts.create.mutationOptions())`. */
export const useTRPC = context.useTRPC;
export const useTRPCClient = context.useTRPCClient;

let tab: QueryClient | undefined;
function queryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient();
  // Stored outside React, so that a suspended first render does not discard it.
  tab ??= makeQueryClient();
  return tab;
}

/** The browser always calls its own origin. The server never uses its URL, because server reads go through the caller. */
const url = () => (typeof window === 'undefined' ? 'http://127.0.0.1/api/trpc' : '/api/trpc');

/** The client half of the provider of the same name in `./provider`, which layouts use. */
export function TRPCReactProvider({
  unreachable,
  children,
}: {
  /** The message for a server that does not respond. */
  unreachable?: string;
  children: ReactNode;
}) {
  const client = queryClient();
  useEffect(() => {
    if (unreachable !== undefined) setUnreachableMessage(unreachable);
  }, [unreachable]);
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (op) => isNonJsonSerializable(op.input),
          true: httpLink({
            url: url(),
            transformer: { serialize: (data) => data, deserialize: superjson.deserialize },
          }),
          false: httpBatchLink({ url: url(), transformer: superjson, maxURLLength: 2_000 }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={client}>
      <context.TRPCProvider trpcClient={trpcClient} queryClient={client}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  );
}
