import { useTranslations } from 'next-intl';
import { type ReactNode, useId } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';

/** The reason for members who may view the workspace's settings but not change them. */
export const READ_ONLY = 'look-only';

/** The button at the end of a form that stays on the page, with a note once it is saved. */
export function SaveRow({
  saving,
  saved,
  blocked = null,
  size,
  children,
}: {
  saving: boolean;
  saved: boolean;
  /** Why the form cannot be saved, as text or `READ_ONLY`, shown next to the button; null if it can. */
  blocked?: string | null;
  size?: 'default' | 'lg';
  /** Defaults to "Save". */
  children?: ReactNode;
}) {
  const t = useTranslations('forms');
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
        {children ?? t('save')}
      </Button>
      {blocked ? (
        <p id={id} className="text-muted-foreground text-sm">
          {blocked === READ_ONLY ? t('lookOnly') : blocked}
        </p>
      ) : null}
      {saved ? <Alert variant="positive" title={t('saved')} className="py-1.5!" /> : null}
    </div>
  );
}
