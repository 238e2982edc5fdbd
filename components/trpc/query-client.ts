import { defaultShouldDehydrateQuery, MutationCache, QueryClient } from '@tanstack/react-query';
import superjson from 'superjson';

/** Codes of errors that a retry does not change. */
const FINAL = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_REQUEST', 'CONFLICT']);

/** One per request on the server, one per tab in the browser. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    // Any mutation may change the number of pending to-dos, which every page shows.
    mutationCache: new MutationCache({
      onSuccess: () => {
        void client.invalidateQueries({ queryKey: [['home', 'shell']] });
      },
    }),
    defaultOptions: {
      queries: {
        // Data that the server has just read is not refetched immediately.
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && !FINAL.has(codeOf(error)),
      },
      dehydrate: {
        serializeData: superjson.serialize,
        // Pending queries are streamed to the browser.
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
  return client;
}

/** Returns the error's code, which is a property of the error on the server and part of its data after HTTP. */
function codeOf(error: unknown): string {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { code?: unknown } };
  const errorCode = data?.code ?? code;
  return typeof errorCode === 'string' ? errorCode : '';
}
