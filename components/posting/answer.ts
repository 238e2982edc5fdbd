import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Hold, PostingState } from '@/server/domains/posting-control/schemas';

/**
 * Puts what a change answered wherever it is shown, at once: Home's controls and the bar on every page. What was asked before the change
 * is thrown away, as it tells how things were. `shell` is what stands around every page; every change has that read again already.
 */
export async function showAnswer(
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
