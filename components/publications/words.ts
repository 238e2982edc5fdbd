import type { useTranslations } from 'next-intl';

/** The words of publications, as functions that make sentences take them. */
export type PublicationWords = ReturnType<typeof useTranslations<'publications'>>;
