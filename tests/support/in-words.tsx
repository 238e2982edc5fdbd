import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { messagesOf } from '@/i18n/messages';

/** Gives a component that a test renders the whole English catalogue. */
export function InWords({ children }: { children: ReactNode }) {
  return (
    <NextIntlClientProvider locale="en" messages={messagesOf('en')} timeZone="UTC">
      {children}
    </NextIntlClientProvider>
  );
}
