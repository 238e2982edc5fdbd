'use client';

import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { useLayoutEffect, useState } from 'react';
import { chooseLocale, DEFAULT_LOCALE, type Locale } from '@/i18n/locales';
import en from '@/i18n/messages/en/global-error.json';

/**
 * The messages in every language, because the layout that knows the user's language is what failed. Plain messages that need no formatter.
 */
const WORDS: Record<Locale, typeof en> = { en };

/** The root layout failed, so this page renders a document of its own. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const [locale, setLocale] = useState<Locale>(DEFAULT_LOCALE);
  useLayoutEffect(() => {
    takeTheme();
    setLocale(chooseLocale(navigator.languages));
  }, []);
  const words = WORDS[locale];
  return (
    <html lang={locale} className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="min-h-dvh font-sans">
        <main className="mx-auto grid min-h-dvh max-w-md content-center justify-items-start gap-3 px-6">
          <title>{words.title}</title>
          <h1 className="font-semibold text-2xl tracking-tight">{words.heading}</h1>
          <p className="text-muted-foreground">{words.description}</p>
          <button
            type="button"
            onClick={reset}
            className="mt-2 h-9 rounded-lg bg-accent px-4 font-medium text-accent-foreground text-sm hover:bg-accent-hover"
          >
            {words.retry}
          </button>
          {error.digest && error.digest !== 'DATABASE_UNREACHABLE' ? (
            <p className="text-muted-foreground text-xs">
              {words.reference} <code className="font-mono">{error.digest}</code>
            </p>
          ) : null}
        </main>
      </body>
    </html>
  );
}

/** Applies the stored theme. The theme's own script is gone with the root layout, and dark mode users should not get a bright page. */
function takeTheme(): void {
  try {
    const chosen = localStorage.getItem('theme');
    const dark =
      chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.classList.toggle('dark', dark);
  } catch {
    // Without storage the page stays light.
  }
}
