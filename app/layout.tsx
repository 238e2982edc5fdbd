import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import { getLocale, getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { ThemeProvider } from '@/components/shell/theme-provider';
import { frameWords } from '@/components/words/frame';
import { FrameWords } from '@/components/words/frame-words';
import { nonceOf } from '@/server/foundation/http/content-security';

/** No page is prerendered, because each response has its own nonce and a build opens no database. */
export const dynamic = 'force-dynamic';

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { default: 'Tributary', template: '%s · Tributary' },
  description: (await getTranslations('frame'))('description'),
  applicationName: 'Tributary',
});

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fbfaf7' },
    { media: '(prefers-color-scheme: dark)', color: '#101312' },
  ],
};

/**
 * Fonts, theme and the skip link. The layouts that need data add its providers, so that public pages stay light. Every page is rendered on
 * request, because its scripts carry the nonce of the response (proxy.ts).
 */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, t, words] = await Promise.all([getLocale(), getTranslations('shell'), frameWords()]);
  const nonce = nonceOf((await headers()).get('content-security-policy'));
  return (
    <html lang={locale} className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="min-h-dvh font-sans">
        <a
          href="#main"
          className="sr-only z-100 rounded-md bg-accent px-4 py-2 text-accent-foreground text-sm focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          {t('skipToContent')}
        </a>
        <ThemeProvider nonce={nonce}>
          <FrameWords words={words}>{children}</FrameWords>
        </ThemeProvider>
      </body>
    </html>
  );
}
