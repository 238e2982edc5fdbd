'use client';

import { ArrowLeft, ArrowRight, Film, RotateCw, X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { fileSize } from '@/components/sell/upload';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Progress } from '@/components/ui/progress';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { describable, mediaInWords, mediaProblems } from '@/server/connectors/kit/media';
import { mediaLimits, platformName } from '../platforms';
import { MEDIA_ACCEPT, type MediaDraft, type MediaStatus, mediaAddress } from './types';
import { type MediaProgress, uploadMedia } from './upload-media';

interface Upload {
  key: number;
  file: File;
  progress: MediaProgress;
  problem: string | null;
  /** Whether the same file may be taken another time. */
  again: boolean;
}
let keys = 0;

/** The pictures, GIF or video of one platform's text: added, described, put into order, taken out. */
export function MediaEditor({
  platform,
  media,
  incoming,
  onTaken,
  onChange,
  onStatus,
}: {
  platform: string;
  media: readonly MediaDraft[];
  /** Files that were chosen, dropped or pasted and are not uploaded yet; `onTaken` says that they are now. */
  incoming: readonly File[];
  onTaken: () => void;
  /** A function gets what is there when it is called: an upload ends later. */
  onChange: (change: (now: MediaDraft[]) => MediaDraft[]) => void;
  onStatus: (status: MediaStatus) => void;
}) {
  const name = platformName(platform);
  const limits = mediaLimits(platform);
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [said, setSaid] = useState('');
  const [dragged, setDragged] = useState<number | null>(null);
  const running = useRef(new Map<number, () => void>());
  const picker = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const id = useId();
  const latest = useRef({ onChange, onTaken, onStatus });
  useEffect(() => {
    latest.current = { onChange, onTaken, onStatus };
  });

  const set = (key: number, change: Partial<Upload>) =>
    setUploads((now) => now.map((u) => (u.key === key ? { ...u, ...change } : u)));
  const drop = (key: number) => setUploads((now) => now.filter((u) => u.key !== key));
  const begin = (key: number, file: File) => {
    const stop = uploadMedia(file, {
      onProgress: (progress) => set(key, { progress }),
      onEnd: (end) => {
        running.current.delete(key);
        if (end.kind === 'failed') return set(key, { problem: end.problem, again: end.again });
        drop(key);
        if (end.kind === 'cancelled') return;
        setSaid(`${file.name} is uploaded.`);
        latest.current.onChange((now) =>
          now.some((m) => m.fileId === end.media.fileId) ? now : [...now, end.media],
        );
      },
    });
    if (!running.current.has(key)) running.current.set(key, stop);
  };
  const start = (files: readonly File[]) => {
    const fresh = files.map((file) => ({
      key: ++keys,
      file,
      progress: { part: 0, words: `0 of ${fileSize(file.size)}` },
      problem: null,
      again: false,
    }));
    setUploads((now) => [...now, ...fresh]);
    for (const { key, file } of fresh) begin(key, file);
  };
  const startLatest = useRef(start);
  startLatest.current = start;
  useEffect(() => {
    if (incoming.length === 0) return;
    startLatest.current(incoming);
    latest.current.onTaken();
  }, [incoming]);
  // Leaving ends what is under way.
  useEffect(() => {
    const all = running.current;
    return () => {
      for (const stop of all.values()) stop();
      latest.current.onStatus({ uploading: 0, problem: null });
    };
  }, []);

  const problems = mediaProblems(name, limits, media);
  const together = problems.find((p) => p.index === null)?.message ?? null;
  const first = problems[0]?.message ?? null;
  const uploading = uploads.filter((u) => u.problem === null).length;
  useEffect(() => latest.current.onStatus({ uploading, problem: first }), [uploading, first]);

  const move = (from: number, to: number) => {
    if (to < 0 || to >= media.length || from === to) return;
    setSaid(`Number ${from + 1} is now number ${to + 1} of ${media.length}.`);
    onChange((now) => {
      const moved = [...now];
      moved.splice(to, 0, ...moved.splice(from, 1));
      return moved;
    });
    // The tile keeps the focus where it goes.
    requestAnimationFrame(() => {
      const tile = list.current?.children[to];
      const button =
        tile?.querySelector<HTMLElement>(`[data-move=${to < from ? 'back' : 'on'}]:enabled`) ??
        tile?.querySelector<HTMLElement>('[data-move]:enabled');
      if (document.activeElement === document.body || document.activeElement?.matches('[data-move]'))
        button?.focus();
    });
  };
  const remove = (at: number) => {
    const gone = media[at];
    if (!gone) return;
    onChange((now) => now.filter((m) => m.fileId !== gone.fileId));
    picker.current?.parentElement?.querySelector<HTMLElement>('button[data-add]')?.focus();
    toast(`The ${gone.kind === 'gif' ? 'GIF' : gone.kind} was taken out.`, {
      action: {
        label: 'Undo',
        onClick: () => latest.current.onChange((now) => [...now.slice(0, at), gone, ...now.slice(at)]),
      },
    });
  };

  return (
    <div className="grid gap-3">
      {media.length > 0 ? (
        <ol ref={list} aria-label={`Pictures for ${name}`} className="grid gap-3">
          {media.map((one, i) => {
            const problem = problems.find((p) => p.index === i)?.message;
            const what = one.kind === 'gif' ? 'GIF' : one.kind;
            return (
              <li
                key={one.fileId}
                draggable={media.length > 1}
                onDragStart={(event) => {
                  setDragged(i);
                  event.dataTransfer.effectAllowed = 'move';
                  event.dataTransfer.setData('text/plain', '');
                }}
                onDragEnd={() => setDragged(null)}
                onDragOver={(event) => {
                  if (dragged !== null) event.preventDefault();
                }}
                onDrop={(event) => {
                  if (dragged === null) return;
                  event.preventDefault();
                  event.stopPropagation();
                  move(dragged, i);
                  setDragged(null);
                }}
                className={cn(
                  'grid grid-cols-[5rem_minmax(0,1fr)] gap-3 rounded-lg border border-border p-2',
                  dragged === i && 'opacity-50',
                )}
              >
                <span className="flex aspect-square items-center justify-center overflow-hidden rounded-md bg-muted text-muted-foreground">
                  {one.kind === 'video' ? (
                    <Film aria-hidden className="size-6" />
                  ) : (
                    // biome-ignore lint/performance/noImgElement: a file of the workspace, behind its sign-in
                    <img
                      src={mediaAddress(one.fileId)}
                      alt={one.alt || `Number ${i + 1}, not described yet`}
                      className="size-full object-cover"
                    />
                  )}
                </span>
                <div className="grid min-w-0 content-start gap-1.5">
                  {describable(limits, one.kind) ? (
                    <Field label={`What ${what} ${i + 1} shows`} optional error={problem}>
                      <Textarea
                        dir="auto"
                        rows={2}
                        value={one.alt}
                        placeholder="For those who cannot see it"
                        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
                        onChange={(event) => {
                          const alt = event.target.value;
                          onChange((now) => now.map((m) => (m.fileId === one.fileId ? { ...m, alt } : m)));
                        }}
                        onKeyDown={(event) => {
                          const to = event.key === 'ArrowUp' ? i - 1 : event.key === 'ArrowDown' ? i + 1 : -1;
                          if (!event.altKey || to < 0) return;
                          event.preventDefault();
                          move(i, to);
                        }}
                      />
                    </Field>
                  ) : problem ? (
                    <p className="text-destructive text-sm">{problem}</p>
                  ) : null}
                  <div className="flex flex-wrap items-center gap-1">
                    <span className="tabular basis-full text-muted-foreground text-xs">{factsOf(one)}</span>
                    {media.length > 1 ? (
                      <>
                        <Button
                          size="icon-sm"
                          variant="ghost"
                          data-move="back"
                          disabled={i === 0}
                          aria-label={`Move ${what} ${i + 1} forward`}
                          onClick={() => move(i, i - 1)}
                        >
                          <ArrowLeft aria-hidden className="rotate-90" />
                        </Button>
                        <Button
                          size="icon-sm"
                          variant="ghost"
                          data-move="on"
                          disabled={i === media.length - 1}
                          aria-label={`Move ${what} ${i + 1} back`}
                          onClick={() => move(i, i + 1)}
                        >
                          <ArrowRight aria-hidden className="rotate-90" />
                        </Button>
                      </>
                    ) : null}
                    <Button
                      size="icon-sm"
                      variant="ghost"
                      aria-label={`Take ${what} ${i + 1} out`}
                      onClick={() => remove(i)}
                    >
                      <X aria-hidden />
                    </Button>
                  </div>
                </div>
              </li>
            );
          })}
        </ol>
      ) : null}
      {uploads.length > 0 ? (
        <ul className="grid gap-2" aria-label="Uploads">
          {uploads.map(({ key, file, progress, problem, again }) => (
            <li key={key} className="grid gap-1.5 rounded-lg border border-border p-2 text-sm">
              <div className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate">{file.name}</span>
                {problem && again ? (
                  <Button
                    size="sm"
                    variant="outline"
                    onClick={() => {
                      set(key, {
                        problem: null,
                        progress: { part: 0, words: `0 of ${fileSize(file.size)}` },
                      });
                      begin(key, file);
                    }}
                  >
                    <RotateCw aria-hidden /> Try again
                  </Button>
                ) : null}
                <Button
                  size="sm"
                  variant="ghost"
                  onClick={() => {
                    running.current.get(key)?.();
                    drop(key);
                  }}
                >
                  {problem ? 'Remove' : 'Cancel'}
                </Button>
              </div>
              {problem ? (
                <p role="alert" className="text-destructive">
                  {problem}
                </p>
              ) : (
                <>
                  <Progress value={progress.part} label={`Uploading ${file.name}: ${progress.words}`} />
                  <span className="tabular text-muted-foreground text-xs">{progress.words}</span>
                </>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      <p role="alert" className="text-destructive text-sm empty:hidden">
        {together}
      </p>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <input
          ref={picker}
          id={id}
          type="file"
          multiple
          accept={MEDIA_ACCEPT}
          className="sr-only"
          tabIndex={-1}
          aria-label={`Add pictures or a video for ${name}`}
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = '';
            if (files.length > 0) start(files);
          }}
        />
        <Button size="sm" variant="outline" data-add onClick={() => picker.current?.click()}>
          {media.length > 0 ? 'Add more' : 'Add pictures or a video'}
        </Button>
        {limits ? <span className="text-muted-foreground text-sm">{mediaInWords(name, limits)}</span> : null}
      </div>
    </div>
  );
}

/** "1,280 × 720 · 12 s · 3.4 MB" */
function factsOf({ width, height, durationMs, bytes }: MediaDraft): string {
  const size = `${width.toLocaleString('en-US')} × ${height.toLocaleString('en-US')}`;
  const seconds = durationMs === null ? [] : [`${Math.round(durationMs / 100) / 10} s`];
  return [size, ...seconds, fileSize(bytes)].join(' · ');
}
