'use client';

import { useTranslations } from 'next-intl';
import { useMediaWords } from '@/components/media/media-name';
import { OptionsShown } from '@/components/options/options-shown';
import type { Action } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';

/** What a person does on a platform without an API: the steps, the text to copy, and the files to download. */
export function WorkToDo({ work }: { work: NonNullable<Action['work']> }) {
  const t = useTranslations('todo.work');
  const mediaWords = useMediaWords();
  const { steps, editor, text, media, options } = work;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast.success(t('copied'));
  };
  return (
    <div className="grid gap-3 rounded-md border border-border bg-background p-3">
      <section aria-label={t('steps')} className="grid gap-1">
        <ol className="list-decimal pl-5">
          {steps.text.split('\n').map((step) => (
            <li key={step} className="wrap-anywhere">
              {step}
            </li>
          ))}
        </ol>
        <a
          href={editor}
          target="_blank"
          rel="noreferrer"
          className="w-fit text-accent underline-offset-4 hover:underline"
        >
          {t('editor', { host: new URL(editor).host })}
        </a>
      </section>
      {text === '' ? null : (
        <section aria-label={t('text')} className="grid gap-2">
          <p dir="auto" className="wrap-anywhere max-h-80 overflow-auto whitespace-pre-wrap">
            {text}
          </p>
          <Button variant="outline" size="sm" className="w-fit" onClick={() => void copy()}>
            {t('copy')}
          </Button>
        </section>
      )}
      <OptionsShown options={options} />
      {media.length > 0 ? (
        <section aria-label={t('files')}>
          <ul className="grid gap-1">
            {media.map((one, i) => (
              <li key={one.fileId}>
                <a
                  href={`/api/files/${one.fileId}`}
                  download
                  className="wrap-anywhere text-accent underline-offset-4 hover:underline"
                >
                  {t('download', { name: mediaWords(one, i, media.length) })}
                </a>
                {one.alt ? <span className="text-muted-foreground"> {one.alt}</span> : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
