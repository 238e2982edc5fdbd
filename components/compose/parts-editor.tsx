'use client';

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { followLimits, platformName } from '@/components/platforms/catalogue';
import { Counter } from '@/components/platforms/character-counter';
import { useOwnLimits } from '@/components/platforms/own-limits';
import { useTextRules } from '@/components/platforms/use-text-rules';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { countBy } from '@/server/connectors/compose-text';
import { hasVisibleText } from '@/server/foundation/visible-text';
import type { VariantDraft } from './draft';

type Parts = NonNullable<VariantDraft['parts']>;

/** Editor of the parts that follow a post: the rest of a thread in order, or the first comment. */
export function PartsEditor({
  platform,
  parts,
  onChange,
}: {
  platform: string;
  parts: Parts;
  /** Receives a function of the current parts, because an undo may happen after further changes. */
  onChange: (change: (now: Parts) => Parts) => void;
}) {
  const t = useTranslations('compose.parts');
  const about = useTranslations('compose');
  const name = platformName(platform);
  const rules = useTextRules(parts.some((part) => part.text !== ''))(platform);
  const own = useOwnLimits(platform);
  const { kind, most, characters } = followLimits(platform, own);
  const thread = kind === 'thread';
  const list = useRef<HTMLOListElement>(null);
  /** The control that gets the focus after the list has changed. In a new list, the first field. */
  const next = useRef<{ part: number; control: string } | null>(
    parts.length === 1 && parts[0]?.text === '' ? { part: 0, control: 'textarea' } : null,
  );
  /** Announced to screen readers, because a moved part keeps its text and only changes its number. */
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (next.current === null) return;
    const row = list.current?.children[next.current.part];
    // At the end of the list the pressed arrow is disabled, so the text takes the focus.
    const control =
      row?.querySelector<HTMLElement>(`${next.current.control}:enabled`) ?? row?.querySelector('textarea');
    next.current = null;
    control?.focus();
  });
  /** `focus` is the part that has the focus afterwards. */
  const change = (by: (now: Parts) => Parts, focus: number, control = 'textarea') => {
    next.current = { part: Math.max(0, focus), control };
    onChange(by);
  };
  const move = (from: number, to: number, control?: string) => {
    setSaid(t('moved', { from: from + 2, to: to + 2, count: parts.length + 1 }));
    change(
      (now) => {
        const moved = [...now];
        moved.splice(to, 0, ...moved.splice(from, 1));
        return moved;
      },
      to,
      control,
    );
  };
  const remove = (at: number) => {
    const gone = parts[at];
    change((now) => now.filter((_, i) => i !== at), at - 1);
    if (!gone || (!hasVisibleText(gone.text) && !gone.link)) return;
    toast(thread ? t('partRemoved', { part: at + 2 }) : t('firstCommentRemoved'), {
      action: {
        label: t('undo'),
        onClick: () => onChange((now) => [...now.slice(0, at), gone, ...now.slice(at)]),
      },
    });
  };
  return (
    <div className="grid gap-3">
      <ol ref={list} className="grid gap-3" aria-label={t(thread ? 'thread' : 'firstComment')}>
        {parts.map((one, i) => {
          const part = i + 2;
          const tooLong =
            characters !== null &&
            rules &&
            countBy(rules, platform, one.text, null, own?.linkCharacters) > characters;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position
            <li key={i} className="grid gap-1.5 border-border border-l-2 pl-3">
              <Field
                label={thread ? t('part', { part }) : t('firstComment')}
                aside={<Counter platform={platform} text={one.text} limit={characters} />}
                error={tooLong ? about('tooLong', { platform: name }) : undefined}
              >
                <Textarea
                  dir="auto"
                  aria-keyshortcuts={thread ? 'Alt+ArrowUp Alt+ArrowDown' : undefined}
                  rows={3}
                  value={one.text}
                  onChange={(event) => {
                    const text = event.target.value;
                    onChange((now) => now.map((p, at) => (at === i ? { ...p, text } : p)));
                  }}
                  onKeyDown={(event) => {
                    const to = event.key === 'ArrowUp' ? i - 1 : event.key === 'ArrowDown' ? i + 1 : -1;
                    if (!event.altKey || to < 0 || to >= parts.length) return;
                    event.preventDefault();
                    move(i, to);
                  }}
                />
              </Field>
              <div className="flex flex-wrap gap-1">
                {thread ? (
                  <>
                    <Button
                      size="sm"
                      variant="ghost"
                      disabled={i === 0}
                      data-move="up"
                      onClick={() => move(i, i - 1, '[data-move=up]')}
                      aria-label={t('moveUp', { part })}
                    >
                      <ArrowUp aria-hidden />
                    </Button>
                    <Button
                      size="sm"
                      variant="ghost"
                      disabled={i === parts.length - 1}
                      data-move="down"
                      onClick={() => move(i, i + 1, '[data-move=down]')}
                      aria-label={t('moveDown', { part })}
                    >
                      <ArrowDown aria-hidden />
                    </Button>
                  </>
                ) : null}
                <Button
                  size="sm"
                  variant="ghost"
                  onClick={() => remove(i)}
                  aria-label={thread ? t('removePart', { part }) : t('removeFirstComment')}
                >
                  <X aria-hidden /> {t('remove')}
                </Button>
              </div>
            </li>
          );
        })}
      </ol>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      {parts.length < most ? (
        <Button
          size="sm"
          variant="outline"
          className="w-fit"
          onClick={() => change((now) => [...now, { text: '' }], parts.length)}
        >
          {about(thread ? 'follow.addToThread' : 'follow.addFirstComment')}
        </Button>
      ) : thread ? (
        <p className="text-muted-foreground text-sm">{t('most', { platform: name, count: most + 1 })}</p>
      ) : null}
    </div>
  );
}
