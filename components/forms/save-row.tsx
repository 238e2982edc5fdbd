import type { ReactNode } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';

/** The button at the end of a form that stays on the page, and the word that it is saved. */
export function SaveRow({
  saving,
  saved,
  disabled,
  size,
  children = 'Save',
}: {
  saving: boolean;
  saved: boolean;
  disabled?: boolean;
  size?: 'default' | 'lg';
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button type="submit" size={size} loading={saving} disabled={disabled}>
        {children}
      </Button>
      {saved ? <Alert variant="positive" title="Saved" className="py-1.5" /> : null}
    </div>
  );
}
