import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import type { Messages } from '@/i18n/message-types';

type Title = keyof Messages['pages'];

/** Returns a page's `generateMetadata` with its title from the catalogue (`pages.json`). */
export const titled = (title: Title) => async (): Promise<Metadata> => ({
  title: (await getTranslations('pages'))(title),
});
