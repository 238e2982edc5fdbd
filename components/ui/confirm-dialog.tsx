'use client';

import { Slot } from 'radix-ui/slot';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLoaded } from './use-loaded';

const load = () => import('./confirm-question').then((m) => m.ConfirmQuestion);

/**
 * Asks for confirmation before something that cannot be undone; the title names the object. Stays open while `onConfirm` runs and closes
 * when it succeeds. If it throws, the dialogue stays open and the caller reports the error.
 */
export function ConfirmDialog({
  trigger,
  title,
  description,
  confirmLabel,
  cancelLabel,
  destructive = true,
  onConfirm,
  open,
  onOpenChange,
}: {
  trigger?: ReactNode;
  title: string;
  description: ReactNode;
  /** A verb: "Disconnect", "Delete post". */
  confirmLabel: string;
  /** Defaults to "Cancel". */
  cancelLabel?: string;
  destructive?: boolean;
  onConfirm: () => unknown;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  const [inner, setInner] = useState(false);
  const isOpen = open ?? inner;
  const { value: Question, ask, fetchNow } = useLoaded(load);
  const opener = useRef<HTMLElement>(null);
  const setOpen = (next: boolean) => {
    setInner(next);
    onOpenChange?.(next);
  };
  const close = useRef(() => {});
  close.current = () => setOpen(false);
  useEffect(() => {
    if (!isOpen) return;
    void fetchNow().then((there) => {
      if (!there) close.current();
    });
  }, [isOpen, fetchNow]);
  return (
    <>
      {trigger ? (
        <Slot
          ref={opener}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={() => setOpen(true)}
          onPointerEnter={ask}
          onFocus={ask}
        >
          {trigger}
        </Slot>
      ) : null}
      {Question ? (
        <Question
          title={title}
          description={description}
          confirmLabel={confirmLabel}
          cancelLabel={cancelLabel}
          destructive={destructive}
          onConfirm={onConfirm}
          open={isOpen}
          setOpen={setOpen}
          opener={opener}
        />
      ) : null}
    </>
  );
}
