'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useLiveChanges } from './store';

/** Minimum time between two refreshes of a page, in milliseconds. */
const RARELY_MS = 2_000;

/** Refreshes a server-rendered page when one of these topics changes (`['*']` for any), while the page is visible. */
export function LiveRefresh({ topics }: { topics: readonly string[] }) {
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lastAt = useRef(0);
  useLiveChanges(topics, () => {
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        lastAt.current = Date.now();
        router.refresh();
      },
      Math.max(150, lastAt.current + RARELY_MS - Date.now()),
    );
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}
