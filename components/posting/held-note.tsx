'use client';

import { useTranslations } from 'next-intl';
import { useHold } from './use-hold';

/** A note next to scheduled times that posting is on hold. Renders nothing otherwise. */
export function HeldNote({ className }: { className?: string }) {
  const t = useTranslations('posting');
  const hold = useHold();
  return hold ? <p className={className}>{t('note.posts', { held: t(`held.${hold}.title`) })}</p> : null;
}

/** The same for a listing that is to be listed or taken down; only an emergency stop holds those. */
export function HeldListing({ state }: { state: string }) {
  const t = useTranslations('posting');
  const hold = useHold();
  return hold === 'emergency' && ['pending', 'listing', 'delisting'].includes(state) ? (
    <span className="text-warning">{t(state === 'delisting' ? 'note.delisting' : 'note.listing')}</span>
  ) : null;
}
