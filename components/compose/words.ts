import type { useTranslations } from 'next-intl';

/** What Compose says, for functions that are no hooks. */
export type ComposeWords = ReturnType<typeof useTranslations<'compose'>>;
