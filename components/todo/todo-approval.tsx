'use client';

import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { MediaWhole } from '@/components/media/media-grid';
import { OptionsShown } from '@/components/options/options-shown';
import { platformName } from '@/components/platforms/catalogue';
import type { Approval } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Time } from '@/components/ui/time';
import { intlTag } from '@/i18n/locales';
import { composeFollowing } from '@/server/connectors/kit/parts';

type Words = Pick<Approval['publications'][number], 'text' | 'link' | 'parts' | 'media' | 'options'>;

/** All content that would be published, to distinguish accounts with different content. */
const wholeOf = ({ platform, text, link, parts, media, options }: Words & { platform: string }): string =>
  JSON.stringify([platform, text, link, parts, media, options]);

/** One decision: what is published where, the deadline, and the two buttons. */
export function ApprovalItem({
  approval,
  zone,
  first,
  canDecide,
  busy,
  blocked,
  onDecide,
}: {
  approval: Approval;
  zone: string;
  first: boolean;
  canDecide: boolean;
  busy: boolean;
  blocked: boolean;
  onDecide: (decision: 'approve' | 'reject', note?: string) => void;
}) {
  const t = useTranslations('todo.approval');
  const locale = useLocale();
  const list = useMemo(
    () => new Intl.ListFormat(intlTag(locale), { type: 'unit', style: 'short' }),
    [locale],
  );
  const [note, setNote] = useState('');
  const [rejecting, setRejecting] = useState(false);
  const { publications } = approval;
  const texts = [...new Map(publications.map((p) => [wholeOf(p), p])).values()];
  return (
    <li
      id={approval.id}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the list is walked with the keyboard, row by row
      tabIndex={0}
      aria-labelledby={`${approval.id}-title`}
      data-first={first || undefined}
      className="grid gap-3 rounded-lg border border-border bg-card p-4"
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <p id={`${approval.id}-title`} dir="auto" className="wrap-anywhere font-medium">
            <Link href={`/posts/${approval.subjectId}`} className="underline-offset-4 hover:underline">
              {approval.title}
            </Link>
          </p>
          <p className="text-muted-foreground">
            {approval.state === 'kept'
              ? t('kept')
              : t.rich('until', {
                  time: () => <Time at={approval.deadlineAt} zone={zone} showZone />,
                  policy: approval.policy,
                })}
          </p>
        </div>
        <Badge variant={approval.state === 'kept' ? 'warning' : 'accent'}>
          {t(approval.state === 'kept' ? 'onHold' : 'badge')}
        </Badge>
      </div>
      {texts.map((p) => (
        <div key={p.id} className="grid gap-1">
          <p className="text-muted-foreground text-xs">
            {platformName(p.platform)} ·{' '}
            {list.format(
              publications
                .filter((other) => wholeOf(other) === wholeOf(p))
                .map((other) => other.connectionName),
            )}{' '}
            · <Time at={p.dueAt} zone={zone} showZone />
          </p>
          <Said {...p} />
        </div>
      ))}
      {approval.repeats.map((repeat) => {
        const unseen = repeat.texts.filter((text) => !texts.some((p) => wholeOf(p) === wholeOf(text)));
        return (
          <div key={repeat.id} className="grid gap-3">
            <p className="text-muted-foreground text-xs">
              {repeat.texts.length === 0
                ? t('repeatWithoutText', { rule: repeat.rule.text })
                : repeat.rule.text}
            </p>
            {unseen.map((text) => (
              <div key={text.connectionId} className="grid gap-1">
                <p className="text-muted-foreground text-xs">
                  {platformName(text.platform)} · {text.connectionName}
                </p>
                <Said {...text} />
              </div>
            ))}
          </div>
        );
      })}
      {canDecide ? (
        <div className="grid gap-3">
          {rejecting ? (
            <Field label={t('why')} optional help={t('whyHelp')}>
              <Input value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
          ) : null}
          <div className="flex flex-wrap gap-2">
            {rejecting ? (
              <>
                <Button
                  variant="destructive"
                  loading={busy}
                  disabled={blocked}
                  onClick={() => onDecide('reject', note.trim())}
                >
                  {t('reject')}
                </Button>
                <Button variant="ghost" onClick={() => setRejecting(false)}>
                  {t('back')}
                </Button>
              </>
            ) : (
              <>
                <Button loading={busy} disabled={blocked} onClick={() => onDecide('approve')}>
                  {t('approve')}
                </Button>
                <Button variant="outline" disabled={blocked} onClick={() => setRejecting(true)}>
                  {t('startReject')}
                </Button>
              </>
            )}
          </div>
        </div>
      ) : (
        <p className="text-muted-foreground">{t('mayNot')}</p>
      )}
    </li>
  );
}

/** The text, media and options of a post, with the parts that follow it. */
function Said({ text, link, parts, media, options }: Words) {
  return (
    <>
      <div className="rounded-md border border-border bg-background p-3">
        <p dir="auto" className="wrap-anywhere whitespace-pre-wrap empty:hidden">
          {typeof text === 'string' ? text : text.text}
          {link ? <span className="block text-accent">{link}</span> : null}
        </p>
        <MediaWhole media={media} />
        <OptionsShown options={options} />
      </div>
      {parts.map((part, i) => (
        <p
          // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position
          key={i}
          dir="auto"
          className="wrap-anywhere ml-4 whitespace-pre-wrap rounded-md border border-border bg-background p-3"
        >
          {composeFollowing(part.text, part.link)}
        </p>
      ))}
    </>
  );
}
