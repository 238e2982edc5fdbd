import type { useTranslations } from 'next-intl';

/** The translation function of publications, for functions that build sentences. */
export type PublicationWords = ReturnType<typeof useTranslations<'publications'>>;
