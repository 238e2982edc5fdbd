'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useLiveState } from './store';

/** Shorter interruptions are not shown. */
const SAY_AFTER_MS = 10_000;

/**
 * Put once in the layout of signed-in pages: follows the workspace's changes, so that the pages stay current. `since` is when the page was
 * rendered. Shows a notice only after a longer interruption.
 */
export function Live({ since }: { since: number }) {
  const queries = useQueryClient();
  const [from] = useState(since);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let left = false;
    const begin = () =>
      import('./start').then(
        ({ start }) => {
          if (!left) stop = start(queries, from);
        },
        // Without it, pages poll, as they do while the stream is lost.
        () => undefined,
      );
    // After everything that the page itself needs.
    const timer = setTimeout(() => void begin(), 200);
    return () => {
      left = true;
      clearTimeout(timer);
      stop?.();
    };
  }, [queries, from]);
  return <LiveStatus />;
}

function LiveStatus() {
  const t = useTranslations('live');
  const state = useLiveState();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (state !== 'lost') return setLate(false);
    const timer = setTimeout(() => setLate(true), SAY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-16 z-40 flex justify-center md:bottom-3"
    >
      {state === 'over' || late ? (
        <p className="pointer-events-auto rounded-full border border-border bg-popover px-3 py-1 text-muted-foreground text-xs">
          {state === 'over'
            ? t.rich('signedOut', {
                link: (chunks) => (
                  <a href="/sign-in" className="text-accent underline underline-offset-4">
                    {chunks}
                  </a>
                ),
              })
            : t('lost')}
        </p>
      ) : null}
    </div>
  );
}
