'use client';

import { Download, Upload } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useId, useRef, useState } from 'react';
import type { SendProgress } from '@/components/files/send-file';
import { useUploadTexts } from '@/components/files/upload-texts';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import { ACCEPT_ATTRIBUTE, ACCEPTED_LABELS } from '@/server/domains/files/kinds';
import { type ChosenFile, uploadFile } from './upload';

export type UploadState = 'running' | 'saved' | 'not_saved';

/**
 * The file that a buyer downloads: uploads it, shows the progress and explains a refusal. `onUpload` receives the state of the newest
 * upload, after `onChange` if it stored a file.
 */
export function FileField({
  file,
  onChange,
  onUpload,
  disabled,
}: {
  file: ChosenFile | null;
  onChange: (file: ChosenFile) => void;
  onUpload: (state: UploadState) => void;
  disabled: boolean;
}) {
  const t = useTranslations('products.file');
  const picker = useRef<HTMLInputElement>(null);
  const id = useId();
  const say = useUploadTexts();
  const [progress, setProgress] = useState<SendProgress | null>(null);
  const running = useRef<(() => void) | null>(null);
  useEffect(() => () => running.current?.(), []);
  const [problem, setProblem] = useState<string | null>(null);
  const upload = (chosen: File) => {
    setProblem(null);
    let ended = false;
    onUpload('running');
    const stop = uploadFile(chosen, {
      onProgress: setProgress,
      onEnd: (end) => {
        ended = true;
        running.current = null;
        setProgress(null);
        if (end.kind === 'saved') onChange(end.file);
        else if (end.kind === 'failed') setProblem(say.problem(end.problem));
        onUpload(end.kind === 'saved' ? 'saved' : 'not_saved');
      },
    });
    if (!ended) running.current = stop;
  };
  return (
    <div className="grid gap-1.5">
      <span id={id} className="font-medium text-sm">
        {t('label')}
      </span>
      <div className="flex flex-wrap items-center gap-3 rounded-lg border border-border bg-card p-3">
        {file ? (
          <a
            href={`/api/files/${file.id}`}
            className="inline-flex min-h-6 min-w-0 items-center gap-2 text-accent hover:underline"
          >
            <Download aria-hidden className="size-4 shrink-0" />
            <span className="wrap-anywhere">{file.name}</span>
            <span className="tabular shrink-0 text-muted-foreground">{say.size(file.bytes)}</span>
          </a>
        ) : (
          <span className="text-muted-foreground">{t('none')}</span>
        )}
        <input
          ref={picker}
          type="file"
          accept={ACCEPT_ATTRIBUTE}
          className="sr-only"
          tabIndex={-1}
          aria-labelledby={id}
          disabled={disabled}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = '';
            if (chosen) upload(chosen);
          }}
        />
        {disabled ? null : (
          <Button
            variant="outline"
            size="sm"
            className="ml-auto"
            loading={progress !== null}
            onClick={() => picker.current?.click()}
          >
            <Upload aria-hidden />
            {file ? t('replace') : t('upload')}
          </Button>
        )}
      </div>
      {progress !== null ? (
        <div className="grid gap-1.5">
          <Progress value={progress.part} label={say.progress(progress)} />
          <div className="flex items-center justify-between gap-3 text-muted-foreground text-sm">
            <span className="tabular">{say.progress(progress)}</span>
            <Button variant="ghost" size="sm" onClick={() => running.current?.()}>
              {t('cancel')}
            </Button>
          </div>
        </div>
      ) : null}
      <p role="alert" className="text-destructive text-sm empty:hidden">
        {problem}
      </p>
      <p className="text-muted-foreground text-sm">{t('help', { kinds: ACCEPTED_LABELS })}</p>
    </div>
  );
}
