import type { useTranslations } from 'next-intl';

/** The translation function of Compose, for functions that are not hooks. */
export type ComposeWords = ReturnType<typeof useTranslations<'compose'>>;
