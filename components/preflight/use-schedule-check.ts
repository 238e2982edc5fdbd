'use client';

import { useQuery } from '@tanstack/react-query';
import { useTextRules } from '@/components/platforms/use-text-rules';
import { useTRPCClient } from '@/components/trpc/client';
import type { OptionValues } from '@/server/foundation/option-values';
import { linksToCheck } from './links-to-check';

/** What is about to be scheduled. */
export interface CheckRequest {
  texts: {
    platform: string;
    text: string;
    link: string | null;
    parts?: { text: string; link?: string | undefined }[];
    media?: { fileId: string; alt: string }[];
  }[];
  /** `local` if an account has a time of its own, such as its next free slot. */
  targets: { connectionId: string; local?: string; options?: OptionValues }[];
  /** The wall-clock time in the workspace's zone; null for now. */
  local: string | null;
  /** Each account's next free slot for posts of this topic, instead of one time. */
  queue?: boolean;
  topicId?: string | null;
  /** Publications that are being moved. */
  moving: string[];
}

/** Maximum number of links per request. */
const MAX_LINKS = 40;
const FULL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** Queries the warnings for a post at a time. Retries only once, because a failed check says nothing about the post. */
export function useScheduleCheck({ local, queue, ...request }: CheckRequest) {
  const client = useTRPCClient();
  const input = {
    ...request,
    when: queue
      ? { kind: 'next_slot' as const }
      : local === null
        ? { kind: 'now' as const }
        : { kind: 'at' as const, local },
  };
  return useQuery({
    // Below the publications' own key, so that anything scheduled meanwhile triggers a new check.
    queryKey: [['publications', 'check'], input],
    queryFn: ({ signal }) => client.publications.check.mutate(input, { signal }),
    enabled: request.targets.length > 0 && (local === null || FULL.test(local)),
    placeholderData: (before) => before,
    retry: 1,
  });
}

/**
 * Checks whether the links of the texts are reachable. `someLeft` is true if there are more than are checked. A separate query, because
 * other sites may be slow.
 */
export function useLinkCheck({ texts }: CheckRequest) {
  const client = useTRPCClient();
  const all = linksToCheck(texts, useTextRules());
  const written = all.slice(0, MAX_LINKS);
  const look = useQuery({
    queryKey: ['links', written],
    queryFn: async ({ signal }) => {
      // Delayed so that it is not batched with the warnings.
      await new Promise((later) => setTimeout(later, 50));
      return client.publications.checkLinks.mutate({ texts: [], links: written }, { signal });
    },
    enabled: written.length > 0,
    staleTime: 5 * 60_000,
    placeholderData: (before) => before,
    retry: false,
  });
  // The result covers only the first links; the state of the others is unknown.
  const left = look.data && !look.isPlaceholderData && look.data.links.length < all.length;
  return { ...look, someLeft: left === true };
}
