'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

/** Asks before the user leaves the page by a link, closes or reloads it. `question` is null when nothing would be lost. */
export function LeaveGuard({ question, onLeave }: { question: string | null; onLeave: () => void }) {
  const t = useTranslations('compose.leave');
  const router = useRouter();
  const [to, setTo] = useState<string | null>(null);
  const on = question !== null;
  useEffect(() => {
    if (!on) return setTo(null);
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const clicked = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link || !leaves(link, event)) return;
      event.preventDefault();
      event.stopPropagation();
      setTo(link.href);
    };
    window.addEventListener('beforeunload', closing);
    // Runs before the link's own handler.
    window.addEventListener('click', clicked, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', closing);
      window.removeEventListener('click', clicked, { capture: true });
    };
  }, [on]);
  return (
    <ConfirmDialog
      open={to !== null && on}
      onOpenChange={(open) => {
        if (!open) setTo(null);
      }}
      title={question ?? ''}
      description={t('description')}
      confirmLabel={t('leave')}
      cancelLabel={t('stay')}
      onConfirm={() => {
        if (to === null) return;
        onLeave();
        router.push(to);
      }}
    />
  );
}

/** Whether the click loads another page of this app in this tab. A page of another site fires `beforeunload`. */
function leaves(link: HTMLAnchorElement, event: MouseEvent): boolean {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (link.hasAttribute('download') || (link.target !== '' && link.target !== '_self')) return false;
  return link.origin === window.location.origin && path(link) !== path(window.location);
}

const path = ({ pathname, search }: { pathname: string; search: string }) => pathname + search;
