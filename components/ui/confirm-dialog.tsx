'use client';

import * as Primitive from 'radix-ui/alert-dialog';
import { type ReactNode, useState } from 'react';
import { Button } from './button';
import { DialogFooter } from './dialog';

/**
 * Asks before something that cannot be undone; the title names the thing. Stays open while `onConfirm` works and closes when it
 * ends well; when it throws, the dialogue stays and the caller says what happened.
 */
export function ConfirmDialog({
  trigger,
  title,
  description,
  confirmLabel,
  cancelLabel = 'Cancel',
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
  cancelLabel?: string;
  destructive?: boolean;
  onConfirm: () => unknown;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  const [inner, setInner] = useState(false);
  const [busy, setBusy] = useState(false);
  const isOpen = open ?? inner;
  const setOpen = (next: boolean) => {
    setInner(next);
    onOpenChange?.(next);
  };
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      setOpen(false);
    } catch {
      // The caller has shown what went wrong; the question stays open for another try.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Primitive.Root open={isOpen} onOpenChange={setOpen}>
      {trigger ? <Primitive.Trigger asChild>{trigger}</Primitive.Trigger> : null}
      <Primitive.Portal>
        <Primitive.Overlay className="data-[state=open]:fade-in-0 fixed inset-0 z-50 bg-overlay duration-150 data-[state=open]:animate-in" />
        <Primitive.Content className="data-[state=open]:fade-in-0 fixed top-1/2 left-1/2 z-50 grid w-[calc(100%-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 gap-4 rounded-lg border border-border bg-popover p-6 text-popover-foreground text-sm duration-150 data-[state=open]:animate-in">
          <div className="grid gap-1.5">
            <Primitive.Title className="font-semibold text-base leading-6">{title}</Primitive.Title>
            <Primitive.Description className="text-muted-foreground">{description}</Primitive.Description>
          </div>
          <DialogFooter>
            <Primitive.Cancel asChild>
              <Button variant="outline" disabled={busy}>
                {cancelLabel}
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
