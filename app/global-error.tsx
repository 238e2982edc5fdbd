'use client';

import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { useLayoutEffect, useState } from 'react';
import { chooseLocale, DEFAULT_LOCALE, type Locale } from '@/i18n/locales';
import en from '@/i18n/messages/en/global-error.json';

/** All of it, in every language: the frame that knows the reader's language is what failed. Plain messages, which need no formatter. */
const WORDS: Record<Locale, typeof en> = { en };

/** The frame of all pages failed, so this one brings its own. */
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
          {error.digest && error.digest !== 'DATABASE_AWAY' ? (
            <p className="text-muted-foreground text-xs">
              {words.reference} <code className="font-mono">{error.digest}</code>
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
