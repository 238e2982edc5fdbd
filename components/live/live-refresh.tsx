'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useLiveChanges } from './store';

/** No page is made again more often than this, in milliseconds. */
const RARELY_MS = 2_000;

/** Reads a server-made page again when something of these topics changes (`['*']` for anything), while it is looked at. */
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
