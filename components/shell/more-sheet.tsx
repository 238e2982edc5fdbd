'use client';

import { useTranslations } from 'next-intl';
import { Sheet, SheetContent, SheetDescription, SheetHeader, SheetTitle } from '@/components/ui/sheet';
import { Rail } from './rail';

/** The list of all pages, on a phone. */
export function MoreSheet({ onClose }: { onClose: () => void }) {
  const t = useTranslations('shell.allPages');
  return (
    <Sheet open onOpenChange={(open) => (open ? undefined : onClose())}>
      <SheetContent side="bottom">
        <SheetHeader>
          <SheetTitle>{t('title')}</SheetTitle>
          <SheetDescription className="sr-only">{t('description')}</SheetDescription>
        </SheetHeader>
        <Rail onNavigate={onClose} />
      </SheetContent>
    </Sheet>
  );
}
