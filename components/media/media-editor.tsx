'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { useSortableList } from '@/components/dragging/use-sortable-list';
import { mediaLimits, platformName } from '@/components/platforms/catalogue';
import { useOwnLimits } from '@/components/platforms/own-limits';
import { toast } from '@/components/ui/toast';
import { canHaveDescription, mediaProblems } from '@/server/connectors/kit/media';
import { arranged, moved, putBack } from './arrange';
import { useMediaProblem } from './media-problem';
import { MediaTile } from './media-tile';
import type { MediaDraft } from './types';
import type { Upload } from './upload-queue';
import { UploadRows } from './upload-rows';

/** The media of one platform's text, with descriptions and their order, and the uploads in progress. */
export function MediaEditor({
  platform,
  media,
  uploads,
  onChange,
  onRetry,
  onCancel,
  onFocusLost,
}: {
  platform: string;
  media: readonly MediaDraft[];
  uploads: readonly Upload[];
  /** Receives a function of the current list, because uploads and undos may happen after further changes. */
  onChange: (change: (now: readonly MediaDraft[]) => MediaDraft[]) => void;
  onRetry: (key: number) => void;
  onCancel: (key: number) => void;
  /** The focused element has disappeared. */
  onFocusLost: () => void;
}) {
  const t = useTranslations('media.editor');
  const name = platformName(platform);
  const limits = mediaLimits(platform, useOwnLimits(platform));
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);
  /** The element that gets the focus after the list has changed, because moving an element in the DOM takes the focus away. */
  const next = useRef<{ fileId: string; control: string } | null>(null);
  useEffect(() => {
    if (next.current === null) return;
    const { fileId, control } = next.current;
    next.current = null;
    const tile = list.current?.children[media.findIndex((m) => m.fileId === fileId)];
    // At the end of the list the pressed arrow is disabled, so the other one takes the focus.
    const found =
      tile?.querySelector<HTMLElement>(`${control}:enabled`) ??
      tile?.querySelector<HTMLElement>('[data-move]:enabled');
    found?.focus();
  });

  const sayProblem = useMediaProblem();
  const problems = mediaProblems(name, limits, media);
  const together = problems.find((p) => p.index === null);
  const wrong = (at: number, about: 'description' | 'file') => {
    const problem = problems.find((p) => p.index === at && p.about === about);
    return problem && sayProblem(problem.message);
  };

  const move = (fileId: string, from: number, to: number, control: string | null) => {
    if (to < 0 || to >= media.length || from === to) return;
    setSaid(t('moved', { from: from + 1, to: to + 1, count: media.length }));
    if (control) next.current = { fileId, control };
    onChange((now) => moved(now, fileId, to));
  };
  const sorting = useSortableList({
    ids: media.map((m) => m.fileId),
    nameOf: (fileId) => t('place', { number: media.findIndex((m) => m.fileId === fileId) + 1 }),
    onDrop: (order) => onChange((now) => arranged(now, order)),
  });
  const shown = arranged(media, sorting.order);
  const latest = useRef(onChange);
  latest.current = onChange;
  const remove = (gone: MediaDraft, at: number) => {
    onChange((now) => now.filter((m) => m.fileId !== gone.fileId));
    toast(t('removed', { kind: gone.kind }), {
      action: { label: t('undo'), onClick: () => latest.current((now) => putBack(now, gone, at)) },
    });
  };

  return (
    <div className="grid grid-cols-1 gap-3">
      {media.length > 0 ? (
        <ol
          {...sorting.listProps}
          ref={(element) => {
            list.current = element;
            sorting.listProps.ref(element);
          }}
          aria-label={t('list', { platform: name })}
          className="grid grid-cols-1 gap-3"
        >
          {shown.map((one, i) => (
            <MediaTile
              key={one.fileId}
              media={one}
              at={i}
              count={media.length}
              described={canHaveDescription(limits, one.kind)}
              problems={{ description: wrong(i, 'description'), file: wrong(i, 'file') }}
              lifted={sorting.lifted === one.fileId}
              row={sorting.rowProps(one.fileId)}
              handle={sorting.handleProps}
              onAlt={(alt) =>
                onChange((now) => now.map((m) => (m.fileId === one.fileId ? { ...m, alt } : m)))
              }
              onMove={(to, control) => move(one.fileId, i, to, control)}
              onRemove={() => remove(one, i)}
              onFocusLost={onFocusLost}
            />
          ))}
        </ol>
      ) : null}
      <UploadRows uploads={uploads} onRetry={onRetry} onRemove={onCancel} onFocusLost={onFocusLost} />
      <p role="alert" className="text-destructive text-sm empty:hidden">
        {together ? sayProblem(together.message) : null}
      </p>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
    </div>
  );
}
