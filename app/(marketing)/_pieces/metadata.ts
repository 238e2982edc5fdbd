import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

/** A public page's `generateMetadata`: its title, and what search engines and previews say about it. */
export const described = (page: 'pricing' | 'privacy' | 'terms') => async (): Promise<Metadata> => {
  const [title, text] = await Promise.all([getTranslations('pages'), getTranslations('marketing')]);
  return {
    title: title(page === 'pricing' ? 'plans' : page),
    description: text(`descriptions.${page}`),
  };
};
