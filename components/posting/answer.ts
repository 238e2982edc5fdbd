import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Hold, PostingState } from '@/server/domains/posting-control/schemas';

/**
 * Shows the result of a change immediately wherever the state is shown: in Home's controls and in the bar on every page. Cancels queries
 * that started before the change, because their results would be outdated. `shell` is the data of the layout around every page; every
 * mutation refetches it anyway.
 */
export async function applyResult(
  queries: QueryClient,
  keys: { posting: QueryKey; shell: QueryKey },
  answer: PostingState,
): Promise<void> {
  await queries.cancelQueries({ queryKey: keys.posting });
  queries.setQueryData<PostingState>(keys.posting, answer);
  queries.setQueryData<{ hold: Hold | null }>(
    keys.shell,
    (shell) => shell && { ...shell, hold: answer.hold },
  );
}
