'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/client';
import type { HoldKind } from '@/server/domains/posting-control/schemas';

/** Returns why posting is on hold, or null. Every page loads this anyway, so it costs no request. */
export function useHold(): HoldKind | null {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.home.shell.queryOptions());
  return data?.hold?.kind ?? null;
}
