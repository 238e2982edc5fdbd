'use client';

import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { useLayoutEffect } from 'react';

/** The frame of all pages failed, so this one brings its own. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  useLayoutEffect(takeTheme, []);
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="min-h-dvh font-sans">
        <main className="mx-auto grid min-h-dvh max-w-md content-center justify-items-start gap-3 px-6">
          <title>Something went wrong · Tributary</title>
          <h1 className="font-semibold text-2xl tracking-tight">We could not show this page</h1>
          <p className="text-muted-foreground">Nothing of yours is lost. Try again in a moment.</p>
          <button
            type="button"
            onClick={reset}
            className="mt-2 h-9 rounded-lg bg-accent px-4 font-medium text-accent-foreground text-sm hover:bg-accent-hover"
          >
            Try again
          </button>
          {error.digest && error.digest !== 'DATABASE_AWAY' ? (
            <p className="text-muted-foreground text-xs">
              Reference <code className="font-mono">{error.digest}</code>
            </p>
          ) : null}
        </main>
      </body>
    </html>
  );
}

/** The theme's own script went with the frame: what it keeps is read here, so that nobody is dazzled at night. */
function takeTheme(): void {
  try {
    const chosen = localStorage.getItem('theme');
    const dark =
      chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.classList.toggle('dark', dark);
  } catch {
    // Without storage it stays light.
  }
}
