import { useTranslations } from 'next-intl';
import { type ReactNode, useId } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';

/** Why a form of the workspace's settings cannot be saved by those who may only look. */
export const LOOK_ONLY = 'look-only';

/** The button at the end of a form that stays on the page, and the word that it is saved. */
export function SaveRow({
  saving,
  saved,
  blocked = null,
  size,
  children,
}: {
  saving: boolean;
  saved: boolean;
  /** Why it cannot be saved, in words or `LOOK_ONLY`, shown beside the button; null when it can. */
  blocked?: string | null;
  size?: 'default' | 'lg';
  /** "Save" when absent. */
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
          {blocked === LOOK_ONLY ? t('lookOnly') : blocked}
        </p>
      ) : null}
      {saved ? <Alert variant="positive" title={t('saved')} className="py-1.5!" /> : null}
    </div>
  );
}
