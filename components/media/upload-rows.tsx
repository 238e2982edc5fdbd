'use client';

import { CircleAlert, RotateCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useUploadTexts } from '@/components/files/upload-texts';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import type { Upload } from './upload-queue';
import { useFocusLost } from './use-focus-lost';

/** Pending and failed uploads, in the order in which the files were chosen. */
export function UploadRows({
  uploads,
  onRetry,
  onRemove,
  onFocusLost,
}: {
  uploads: readonly Upload[];
  onRetry: (key: number) => void;
  onRemove: (key: number) => void;
  /** The row with the focus has disappeared. */
  onFocusLost: () => void;
}) {
  const t = useTranslations('media.uploads');
  if (uploads.length === 0) return null;
  return (
    <ul className="grid grid-cols-1 gap-2" aria-label={t('list')}>
      {uploads.map((upload) => (
        <Row
          key={upload.key}
          upload={upload}
          onRetry={() => onRetry(upload.key)}
          onRemove={() => onRemove(upload.key)}
          onFocusLost={onFocusLost}
        />
      ))}
    </ul>
  );
}

function Row({
  upload: { file, state, progress, problem, again },
  onRetry,
  onRemove,
  onFocusLost,
}: {
  upload: Upload;
  onRetry: () => void;
  onRemove: () => void;
  onFocusLost: () => void;
}) {
  const row = useFocusLost<HTMLLIElement>(onFocusLost);
  const t = useTranslations('media.uploads');
  const say = useUploadTexts();
  const failed = state === 'failed';
  return (
    <li ref={row} className="grid grid-cols-1 gap-1.5 rounded-lg border border-border p-2 text-sm">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate">{file.name}</span>
        {failed && again ? (
          <Button
            size="sm"
            variant="outline"
            aria-label={t('againWith', { file: file.name })}
            onClick={() => {
              // This button disappears; the one next to it stays.
              row.current?.querySelector<HTMLElement>('[data-end]')?.focus();
              onRetry();
            }}
          >
            <RotateCw aria-hidden /> {t('again')}
          </Button>
        ) : null}
        <Button
          size="sm"
          variant="ghost"
          data-end
          aria-label={t(failed ? 'removeFile' : 'cancelFile', { file: file.name })}
          onClick={onRemove}
        >
          {t(failed ? 'remove' : 'cancel')}
        </Button>
      </div>
      {failed ? (
        <p role="alert" className="flex items-start gap-1.5 text-destructive">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="wrap-anywhere min-w-0">{problem ? say.problem(problem) : null}</span>
        </p>
      ) : state === 'waiting' ? (
        <span className="text-muted-foreground text-xs">{t('waits')}</span>
      ) : (
        <>
          <Progress
            value={progress.part}
            label={t('progress', { file: file.name, progress: say.progress(progress) })}
          />
          <span className="tabular text-muted-foreground text-xs">{say.progress(progress)}</span>
        </>
      )}
    </li>
  );
}
