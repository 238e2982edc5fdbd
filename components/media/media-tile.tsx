'use client';

import { ArrowDown, ArrowUp, CircleAlert, FileText, Film, X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useUploadTexts } from '@/components/files/upload-texts';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import { intlTag } from '@/i18n/locales';
import { type MediaDraft, stillAddress } from './types';
import { useFocusLost } from './use-focus-lost';

/** One picture, GIF, video or document of a text: its preview, its position and a button to remove it. */
export function MediaTile({
  media: one,
  at,
  count,
  described,
  problems,
  lifted,
  row,
  handle,
  onAlt,
  onMove,
  onRemove,
  onFocusLost,
}: {
  media: MediaDraft;
  /** Its position among `count` files, from 0. */
  at: number;
  count: number;
  /** Whether its platform accepts a description for it. */
  described: boolean;
  /** Errors of its description and of the file itself. */
  problems: { description: string | undefined; file: string | undefined };
  /** Whether it is being dragged. */
  lifted: boolean;
  /** Props for the row and its handle (useSortableList). */
  row: Record<string, unknown>;
  handle: Record<string, unknown>;
  onAlt: (alt: string) => void;
  /** `control` selects the control that keeps the focus. */
  onMove: (to: number, control: string) => void;
  onRemove: () => void;
  /** It had the focus and has disappeared. */
  onFocusLost: () => void;
}) {
  const tile = useFocusLost<HTMLLIElement>(onFocusLost);
  const t = useTranslations('media.tile');
  const facts = useFacts();
  const which = { kind: one.kind, number: at + 1 };
  const picture =
    one.kind === 'video' ? (
      <Film aria-hidden className="size-6" />
    ) : one.kind === 'document' ? (
      <FileText aria-hidden className="size-6" />
    ) : (
      // biome-ignore lint/performance/noImgElement: a file of the workspace, behind its sign-in
      <img
        src={stillAddress(one.fileId)}
        alt={one.alt || t('undescribed', { number: at + 1 })}
        draggable={false}
        className="size-full object-cover"
      />
    );
  const frame =
    'flex aspect-square items-center justify-center self-start overflow-hidden rounded-md bg-muted text-muted-foreground';
  return (
    <li
      ref={tile}
      {...row}
      className={cn(
        'grid grid-cols-[5rem_minmax(0,1fr)] gap-3 rounded-lg border border-border p-2',
        lifted && 'bg-accent-subtle',
      )}
    >
      {/* Only the picture can be dragged, so that text in the description can be selected with the mouse. */}
      {count > 1 ? (
        <button
          type="button"
          aria-label={one.alt ? t('move', { ...which, description: one.alt }) : t('moveUndescribed', which)}
          className={cn(frame, 'cursor-grab')}
          {...handle}
        >
          {picture}
        </button>
      ) : (
        <span className={frame}>{picture}</span>
      )}
      <div className="grid min-w-0 content-start gap-1.5">
        {described ? (
          <Field label={t('shows', which)} optional error={problems.description}>
            <Textarea
              dir="auto"
              rows={2}
              value={one.alt}
              placeholder={t(one.kind === 'document' ? 'titlePlaceholder' : 'placeholder')}
              aria-keyshortcuts={count > 1 ? 'Alt+ArrowUp Alt+ArrowDown' : undefined}
              onChange={(event) => onAlt(event.target.value)}
              onKeyDown={(event) => {
                const to = event.key === 'ArrowUp' ? at - 1 : event.key === 'ArrowDown' ? at + 1 : -1;
                if (!event.altKey || to < 0 || to >= count) return;
                event.preventDefault();
                onMove(to, 'textarea');
              }}
            />
          </Field>
        ) : null}
        {problems.file ? (
          <p role="alert" className="flex items-start gap-1.5 text-destructive text-sm">
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span className="min-w-0">{problems.file}</span>
          </p>
        ) : null}
        <div className="flex flex-wrap items-center gap-x-2">
          <span className="tabular min-w-0 text-muted-foreground text-xs">{facts(one)}</span>
          <span className="-mr-1 ml-auto flex gap-1">
            {count > 1 ? (
              <>
                <Button
                  size="icon-sm"
                  variant="ghost"
                  data-move="up"
                  disabled={at === 0}
                  aria-label={t('moveUp', which)}
                  onClick={() => onMove(at - 1, '[data-move=up]')}
                >
                  <ArrowUp aria-hidden />
                </Button>
                <Button
                  size="icon-sm"
                  variant="ghost"
                  data-move="down"
                  disabled={at === count - 1}
                  aria-label={t('moveDown', which)}
                  onClick={() => onMove(at + 1, '[data-move=down]')}
                >
                  <ArrowDown aria-hidden />
                </Button>
              </>
            ) : null}
            <Button size="icon-sm" variant="ghost" aria-label={t('remove', which)} onClick={onRemove}>
              <X aria-hidden />
            </Button>
          </span>
        </div>
      </div>
    </li>
  );
}

/** "1,280 × 720 · 12 s · 3.4 MB" */
function useFacts(): (media: MediaDraft) => string {
  const t = useTranslations('media.tile');
  const locale = useLocale();
  const { size } = useUploadTexts();
  return ({ kind, width, height, durationMs, bytes }) => {
    if (kind === 'document') return size(bytes);
    const sides = `${width.toLocaleString(intlTag(locale))} × ${height.toLocaleString(intlTag(locale))}`;
    const seconds = durationMs === null ? [] : [t('seconds', { seconds: Math.round(durationMs / 100) / 10 })];
    return [sides, ...seconds, size(bytes)].join(' · ');
  };
}
