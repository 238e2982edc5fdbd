import { useTranslations } from 'next-intl';
import type { MediaDraft } from './types';

/** Returns the label of a post's file for the beginning of a sentence: "Picture 2" of several, "Picture" alone. `i` counts from 0. */
export function useMediaName(): (kind: MediaDraft['kind'], i: number, count: number) => string {
  const t = useTranslations('media.name');
  return (kind, i, count) => (count > 1 ? t('ofSeveral', { kind, number: i + 1 }) : t('alone', { kind }));
}

/** Returns the label of a file with its description: "Picture 2: A red fox", or "Picture 2, not described". */
export function useMediaWords(): (one: Pick<MediaDraft, 'kind' | 'alt'>, i: number, count: number) => string {
  const t = useTranslations('media.name');
  const nameOf = useMediaName();
  return ({ kind, alt }, i, count) => {
    const name = nameOf(kind, i, count);
    return alt.trim() ? t('described', { name, description: alt.trim() }) : t('undescribed', { name });
  };
}
