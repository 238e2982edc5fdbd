import { type ReactNode, useId } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';

/** The button at the end of a form that stays on the page, and the word that it is saved. */
export function SaveRow({
  saving,
  saved,
  blocked = null,
  size,
  children = 'Save',
}: {
  saving: boolean;
  saved: boolean;
  /** Why it cannot be saved, shown beside the button; null when it can. */
  blocked?: string | null;
  size?: 'default' | 'lg';
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button
        type="submit"
        size={size}
        loading={saving}
        disabled={blocked !== null}
        aria-describedby={blocked ? id : undefined}
      >
        {children}
      </Button>
      {blocked ? (
        <p id={id} className="text-muted-foreground text-sm">
          {blocked}
        </p>
      ) : null}
      {saved ? <Alert variant="positive" title="Saved" className="py-1.5!" /> : null}
    </div>
  );
}

/** What is said at the forms of the workspace's settings to those who may only look. */
export const LOOK_ONLY = 'An owner or a manager can change this.';
