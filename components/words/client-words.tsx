import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import type { Messages } from '@/i18n/message-types';

/** A part of the catalogue that client components may use. What facts say is made on the server; of theirs the browser has `validation`. */
export type Namespace = Exclude<
  keyof Messages,
  'approvalLink' | 'emails' | 'frame' | 'globalError' | 'pages' | 'statement'
>;

/** What the primitives, the forms and their schemas say, and the names of platforms: every page has these. */
const EVERYWHERE: readonly Namespace[] = ['ui', 'forms', 'platforms', 'facts'];

/**
 * Gives the client components inside the messages that they use, and no others, so that a page carries only its own words. A page names
 * the parts of the catalogue that its client components use; a test compares the list with the code.
 */
export async function ClientWords({ of, children }: { of: readonly Namespace[]; children: ReactNode }) {
  const messages = await getMessages();
  const picked = Object.fromEntries(
    [...new Set([...EVERYWHERE, ...of])].map((name) => [
      name,
      name === 'facts' ? { validation: messages.facts.validation } : messages[name],
    ]),
  );
  return <NextIntlClientProvider messages={picked}>{children}</NextIntlClientProvider>;
}
