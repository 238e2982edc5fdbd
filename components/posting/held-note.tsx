'use client';

import { useTranslations } from 'next-intl';
import { useHold } from './use-hold';

/** Says where times are promised that nothing goes out at the moment. Nothing while posting goes on. */
export function HeldNote({ className }: { className?: string }) {
  const t = useTranslations('posting');
  const hold = useHold();
  return hold ? <p className={className}>{t('note.posts', { held: t(`held.${hold}.title`) })}</p> : null;
}

/** The same of a listing that is to be put up or taken down: only an emergency stop holds those. */
export function HeldListing({ state }: { state: string }) {
  const t = useTranslations('posting');
  const hold = useHold();
  return hold === 'emergency' && ['pending', 'listing', 'delisting'].includes(state) ? (
    <span className="text-warning">{t(state === 'delisting' ? 'note.delisting' : 'note.listing')}</span>
  ) : null;
}
