import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import type { Messages } from '@/i18n/message-types';

/**
 * A part of the catalogue that client components may use. Facts are rendered on the server, except those that arise in the browser: the
 * messages of schemas, the names of states and problems with media.
 */
export type Namespace =
  | Exclude<
      keyof Messages,
      'approvalLink' | 'emails' | 'facts' | 'frame' | 'globalError' | 'pages' | 'statement'
    >
  | FactsPart;
type FactsPart = 'facts.validation' | 'facts.publicationStates' | 'facts.media';

/** The parts that every page has: texts of the primitives, the forms and their schemas, and the names of platforms and states. */
const SHARED_NAMESPACES: readonly Namespace[] = [
  'ui',
  'forms',
  'platforms',
  'facts.validation',
  'facts.publicationStates',
];
const isOfFacts = (name: Namespace): name is FactsPart => name.startsWith('facts.');

/**
 * Gives the client components inside the messages that they use and no others, so that a page carries only its own texts. A page names the
 * parts of the catalogue that its client components use; a test compares the list with the code.
 */
export async function ClientWords({ of, children }: { of: readonly Namespace[]; children: ReactNode }) {
  const messages = await getMessages();
  const facts: Partial<Messages['facts']> = {};
  const picked: Record<string, unknown> = { facts };
  for (const name of new Set([...SHARED_NAMESPACES, ...of]))
    if (isOfFacts(name)) {
      const part = name.slice('facts.'.length) as keyof Messages['facts'];
      Object.assign(facts, { [part]: messages.facts[part] });
    } else picked[name] = messages[name];
  return <NextIntlClientProvider messages={picked}>{children}</NextIntlClientProvider>;
}
