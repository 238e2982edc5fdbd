import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';

/** The panel that is open below a publication. */
export type Panel = 'reschedule' | 'resolve' | 'attempts' | null;

/** A small button for one action on a publication. Disabled while anything is in progress. */
export function ActionButton<Input>({
  does,
  with: input,
  busy,
  primary = false,
  quiet = false,
  children,
}: {
  does: { isPending: boolean; variables: Input | undefined; mutate: (input: Input) => void };
  with: Input;
  busy: boolean;
  primary?: boolean;
  quiet?: boolean;
  children: ReactNode;
}) {
  const mine = does.isPending && JSON.stringify(does.variables) === JSON.stringify(input);
  return (
    <Button
      size="sm"
      variant={primary ? 'default' : quiet ? 'ghost' : 'outline'}
      loading={mine}
      disabled={busy}
      onClick={() => does.mutate(input)}
    >
      {children}
    </Button>
  );
}

/** A small button that opens and closes one of the panels below. */
export function PanelButton({
  panel,
  open,
  setOpen,
  busy = false,
  quiet = false,
  children,
}: {
  panel: NonNullable<Panel>;
  open: Panel;
  setOpen: (panel: Panel) => void;
  busy?: boolean;
  quiet?: boolean;
  children: ReactNode;
}) {
  const isOpen = open === panel;
  return (
    <Button
      size="sm"
      variant={quiet ? 'ghost' : 'outline'}
      disabled={busy}
      onClick={() => setOpen(isOpen ? null : panel)}
      aria-expanded={isOpen}
    >
      {children}
    </Button>
  );
}
