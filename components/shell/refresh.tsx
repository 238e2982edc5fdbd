'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Refreshes a server-rendered page when its tab becomes visible after a while, and every `everySeconds` while it is visible. */
export function Refresh({ everySeconds = 60 }: { everySeconds?: number }) {
  const router = useRouter();
  useEffect(() => {
    let last = Date.now();
    const refresh = () => {
      if (document.visibilityState !== 'visible' || Date.now() - last < 10_000) return;
      last = Date.now();
      router.refresh();
    };
    const timer = setInterval(refresh, everySeconds * 1000);
    document.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
    };
  }, [router, everySeconds]);
  return null;
}
