import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { messagesOf } from '@/i18n/messages';

/** Provides the whole English catalogue to a component that a test renders. */
export function InWords({ children }: { children: ReactNode }) {
  return (
    <NextIntlClientProvider locale="en" messages={messagesOf('en')} timeZone="UTC">
      {children}
    </NextIntlClientProvider>
  );
}
