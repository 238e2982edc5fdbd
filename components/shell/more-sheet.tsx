'use client';

import { Sheet, SheetContent, SheetDescription, SheetHeader, SheetTitle } from '@/components/ui/sheet';
import { Rail } from './rail';

/** All pages, on a phone. */
export function MoreSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet open onOpenChange={(open) => (open ? undefined : onClose())}>
      <SheetContent side="bottom">
        <SheetHeader>
          <SheetTitle>All pages</SheetTitle>
          <SheetDescription className="sr-only">Choose where to go.</SheetDescription>
        </SheetHeader>
        <Rail onNavigate={onClose} />
      </SheetContent>
    </Sheet>
  );
}
