'use client';

import { useTranslations } from 'next-intl';
import * as Primitive from 'radix-ui/alert-dialog';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { Button } from './button';
import { DialogFooter } from './dialog';

/**
 * The content of `ConfirmDialog`. Returns the focus to the element that opened it, or to the nearest focusable ancestor that still exists.
 */
export function ConfirmQuestion({
  title,
  description,
  confirmLabel,
  cancelLabel,
  destructive,
  onConfirm,
  open,
  setOpen,
  opener,
}: {
  title: string;
  description: ReactNode;
  confirmLabel: string;
  cancelLabel?: string | undefined;
  destructive: boolean;
  onConfirm: () => unknown;
  open: boolean;
  setOpen: (open: boolean) => void;
  opener: RefObject<HTMLElement | null>;
}) {
  const t = useTranslations('ui');
  const [busy, setBusy] = useState(false);
  const places = useRef<HTMLElement[]>([]);
  useEffect(() => {
    if (open) places.current = placesFrom(opener.current);
  }, [open, opener]);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      setOpen(false);
    } catch {
      // The caller has reported the error; the dialogue stays open for another attempt.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Primitive.Root open={open} onOpenChange={setOpen}>
      <Primitive.Portal>
        <Primitive.Overlay className="data-[state=open]:fade-in-0 fixed inset-0 z-50 bg-overlay duration-150 data-[state=open]:animate-in" />
        <Primitive.Content
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            places.current.find((place) => place.isConnected)?.focus({ preventScroll: true });
          }}
          className="data-[state=open]:fade-in-0 fixed top-1/2 left-1/2 z-50 grid w-[calc(100%-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 gap-4 rounded-lg border border-border bg-popover p-6 text-popover-foreground text-sm duration-150 data-[state=open]:animate-in"
        >
          <div className="grid gap-1.5">
            <Primitive.Title className="font-semibold text-base leading-6">{title}</Primitive.Title>
            <Primitive.Description className="text-muted-foreground">{description}</Primitive.Description>
          </div>
          <DialogFooter>
            <Primitive.Cancel asChild>
              <Button variant="outline" disabled={busy}>
                {cancelLabel ?? t('cancel')}
              </Button>
            </Primitive.Cancel>
            <Button variant={destructive ? 'destructive' : 'default'} loading={busy} onClick={confirm}>
              {confirmLabel}
            </Button>
          </DialogFooter>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Returns the focusable elements, from an element outwards. */
function placesFrom(element: HTMLElement | null): HTMLElement[] {
  const places: HTMLElement[] = [];
  for (let at = element; at; at = at.parentElement?.closest<HTMLElement>('[tabindex]') ?? null)
    places.push(at);
  return places;
}
