import { defaultShouldDehydrateQuery, MutationCache, QueryClient } from '@tanstack/react-query';
import superjson from 'superjson';

/** Codes that another attempt does not change. */
const FINAL = new Set([
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_REQUEST',
  'CONFLICT',
  'PRECONDITION_FAILED',
]);

/** One for each request on the server, one for the tab in the browser. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    // Any change may change how much waits for a person, which every page shows.
    mutationCache: new MutationCache({
      onSuccess: () => {
        void client.invalidateQueries({ queryKey: [['home', 'shell']] });
      },
    }),
    defaultOptions: {
      queries: {
        // What the server has just read is not read again at once.
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && !FINAL.has(codeOf(error)),
      },
      dehydrate: {
        serializeData: superjson.serialize,
        // Queries that are still on their way are streamed to the browser.
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
  return client;
}

/** Where the code stands: beside the error on the server, in its data once it came over HTTP. */
function codeOf(error: unknown): string {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { code?: unknown } };
  const said = data?.code ?? code;
  return typeof said === 'string' ? said : '';
}
