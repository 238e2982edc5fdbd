import { useTranslations } from 'next-intl';
import type { MediaDraft } from './types';

/** How one of a post's files is called at the beginning of a sentence: "Picture 2" of several, "Picture" alone. `i` counts from 0. */
export function useMediaName(): (kind: MediaDraft['kind'], i: number, count: number) => string {
  const t = useTranslations('media.name');
  return (kind, i, count) => (count > 1 ? t('ofSeveral', { kind, number: i + 1 }) : t('alone', { kind }));
}

/** "Picture 2: A red fox", or "Picture 2, not described": what of a file can be put in words. */
export function useMediaWords(): (one: Pick<MediaDraft, 'kind' | 'alt'>, i: number, count: number) => string {
  const t = useTranslations('media.name');
  const nameOf = useMediaName();
  return ({ kind, alt }, i, count) => {
    const name = nameOf(kind, i, count);
    return alt.trim() ? t('described', { name, description: alt.trim() }) : t('undescribed', { name });
  };
}
