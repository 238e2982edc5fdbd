'use client';

import { HELD } from './held-words';
import { useHold } from './use-hold';

/** Says where times are promised that nothing goes out at the moment. Nothing while posting goes on. */
export function HeldNote({ className }: { className?: string }) {
  const hold = useHold();
  return hold ? (
    <p className={className}>{HELD[hold].title}. None of this goes out until posting resumes.</p>
  ) : null;
}

/** The same of a listing that is to be put up or taken down: only an emergency stop holds those. */
export function HeldListing({ state }: { state: string }) {
  const hold = useHold();
  return hold === 'emergency' && ['pending', 'listing', 'delisting'].includes(state) ? (
    <span className="text-warning">
      {HELD.emergency.title}. {state === 'delisting' ? 'It stays in the shop' : 'It is not put up'} until it
      is started again.
    </span>
  ) : null;
}
