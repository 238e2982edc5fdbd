'use client';

import { createContext, useContext } from 'react';
import type { Connection } from '@/components/trpc/outputs';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { characterLimit } from './catalogue';

const Context = createContext<Readonly<Record<string, OwnLimits | null>>>({});

/** Provides the limits of the chosen accounts, by platform (`strictestLimits`). */
export const OwnLimitsProvider = Context.Provider;

/** Returns the limits that a text for the platform must keep to where they differ from the platform's; null for those of the platform. */
export const useOwnLimits = (platform: string): OwnLimits | null => useContext(Context)[platform] ?? null;

/**
 * Returns the limits of the account whose texts may be shortest, for each platform. A text for a platform goes to all of its accounts; before
 * sending, each is checked by its own limits.
 */
export function strictestLimits(
  accounts: readonly Pick<Connection, 'platform' | 'limits'>[],
): Record<string, OwnLimits | null> {
  const strictest: Record<string, OwnLimits | null> = {};
  for (const { platform, limits } of accounts) {
    const before = strictest[platform];
    const most = (own: OwnLimits | null) => characterLimit(platform, false, own) ?? Number.POSITIVE_INFINITY;
    if (before === undefined || most(limits) < most(before)) strictest[platform] = limits;
  }
  return strictest;
}
