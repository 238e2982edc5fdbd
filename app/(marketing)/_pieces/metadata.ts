import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

/** `generateMetadata` of a public page: its title and its description for search engines and link previews. */
export const described = (page: 'pricing' | 'privacy' | 'terms') => async (): Promise<Metadata> => {
  const [title, text] = await Promise.all([getTranslations('pages'), getTranslations('marketing')]);
  return {
    title: title(page === 'pricing' ? 'plans' : page),
    description: text(`descriptions.${page}`),
  };
};
