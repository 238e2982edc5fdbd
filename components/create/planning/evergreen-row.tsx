'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { characterLimit, platformName } from '../platforms';
import type { EvergreenItem } from './types';

/** One evergreen post: when it went out, its gap, and its further wordings. */
export function EvergreenRow({
  item,
  zone,
  canWrite,
}: {
  item: EvergreenItem;
  zone: string;
  canWrite: boolean;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const errors = useAppError();
  const settled = {
    onMutate: errors.clear,
    onError: errors.report,
    onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
  };
  const save = useMutation(trpc.planning.setEvergreen.mutationOptions(settled));
  const remove = useMutation(
    trpc.planning.removeEvergreen.mutationOptions({
      ...settled,
      onSuccess: (before) =>
        toast(`“${item.title}” is recycled no more.`, {
          description: 'What stands in a slot already still goes out.',
          ...(before
            ? {
                action: {
                  label: 'Undo',
                  onClick: () => save.mutate({ postId: item.postId, ...before, version: 0 }),
                },
              }
            : {}),
        }),
    }),
  );
  const values = {
    postId: item.postId,
    gapDays: item.gapDays,
    wordings: item.wordings,
    version: item.version,
  };
  const extra = Object.values(item.wordings).reduce((n, all) => n + all.length, 0);
  return (
    <li className="grid gap-3 px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <Link
            href={`/posts/${item.postId}`}
            dir="auto"
            className="wrap-anywhere font-medium hover:underline"
          >
            {item.title}
          </Link>
          <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
            {item.paused ? <Badge variant="warning">Paused</Badge> : null}
            <span>
              At least {item.gapDays} {item.gapDays === 1 ? 'day' : 'days'} between
            </span>
            <span>· {item.texts.map((t) => platformName(t.platform)).join(', ')}</span>
            {extra > 0 ? (
              <span>
                · {extra} further {extra === 1 ? 'wording' : 'wordings'}
              </span>
            ) : null}
            <span>
              · went out {item.times} {item.times === 1 ? 'time' : 'times'}
            </span>
            {item.lastAt ? (
              <span>
                · last <Time at={item.lastAt} zone={zone} />
              </span>
            ) : null}
            {item.nextAt ? (
              <span>
                · next <Time at={item.nextAt} zone={zone} />
              </span>
            ) : null}
          </p>
        </div>
        {canWrite ? (
          <div className="flex flex-wrap gap-1">
            <Button size="sm" variant="outline" aria-expanded={open} onClick={() => setOpen((o) => !o)}>
              Gap and wordings
            </Button>
            <Button
              size="sm"
              variant="ghost"
              disabled={save.isPending}
              onClick={() => save.mutate({ ...values, paused: !item.paused })}
            >
              {item.paused ? 'Resume' : 'Pause'}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              aria-label={`Stop recycling ${item.title}`}
              disabled={remove.isPending}
              onClick={() => remove.mutate({ postId: item.postId })}
            >
              Stop
            </Button>
          </div>
        ) : null}
      </div>
      {open ? (
        <Wordings
          item={item}
          busy={save.isPending}
          message={errors.message}
          fields={errors.fields}
          onSave={(gapDays, wordings) => save.mutate({ ...values, gapDays, wordings, paused: item.paused })}
        />
      ) : null}
    </li>
  );
}

function Wordings({
  item,
  busy,
  message,
  fields,
  onSave,
}: {
  item: EvergreenItem;
  busy: boolean;
  message: string | undefined;
  fields: Record<string, string>;
  onSave: (gapDays: number, wordings: Record<string, string[]>) => void;
}) {
  const [gap, setGap] = useState(String(item.gapDays));
  const [texts, setTexts] = useState<Record<string, { key: number; text: string }[]>>(() =>
    Object.fromEntries(
      item.texts.map(({ platform }) => [
        platform,
        (item.wordings[platform] ?? []).map((text, key) => ({ key, text })),
      ]),
    ),
  );
  const put = (platform: string, list: { key: number; text: string }[]) =>
    setTexts((before) => ({ ...before, [platform]: list }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(
      Math.trunc(Number(gap)),
      Object.fromEntries(
        Object.entries(texts)
          .map(
            ([platform, list]) => [platform, list.map((l) => l.text).filter((t) => t.trim() !== '')] as const,
          )
          .filter(([, list]) => list.length > 0),
      ),
    );
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 rounded-md bg-muted p-3">
      <FormErrors message={message} fields={fields} />
      <Field label="Days between two times on one account" error={fields.gapDays} className="max-w-xs">
        <Input
          name="gapDays"
          type="number"
          inputMode="numeric"
          min={1}
          max={730}
          className="tabular w-28"
          value={gap}
          onChange={(event) => setGap(event.target.value)}
        />
      </Field>
      {item.texts.map(({ platform, text }) => {
        const list = texts[platform] ?? [];
        const limit = characterLimit(platform);
        return (
          <section key={platform} aria-label={platformName(platform)} className="grid gap-3">
            <div className="grid gap-1">
              <h3 className="font-medium">{platformName(platform)}</h3>
              <p dir="auto" className="wrap-anywhere line-clamp-3 text-muted-foreground">
                {text}
              </p>
            </div>
            {list.map((one, i) => (
              <div key={one.key} className="flex items-start gap-2">
                <Field
                  label={`Wording ${i + 2}`}
                  className="min-w-0 flex-1"
                  error={fields[`wordings.${platform}.${i}`]}
                  aside={limit === null ? undefined : `${one.text.length} of ${limit}`}
                >
                  <Textarea
                    dir="auto"
                    rows={3}
                    value={one.text}
                    onChange={(event) =>
                      put(
                        platform,
                        list.map((l) => (l === one ? { ...l, text: event.target.value } : l)),
                      )
                    }
                  />
                </Field>
                <Button
                  size="icon-sm"
                  variant="ghost"
                  aria-label={`Remove wording ${i + 2} for ${platformName(platform)}`}
                  className="mt-6"
                  onClick={() =>
                    put(
                      platform,
                      list.filter((l) => l !== one),
                    )
                  }
                >
                  <X aria-hidden />
                </Button>
              </div>
            ))}
            {list.length < 10 ? (
              <Button
                size="sm"
                variant="outline"
                className="w-fit"
                onClick={() =>
                  put(platform, [...list, { key: Math.max(0, ...list.map((l) => l.key)) + 1, text: '' }])
                }
              >
                <Plus aria-hidden /> Another wording
              </Button>
            ) : null}
          </section>
        );
      })}
      <Button type="submit" className="w-fit" loading={busy}>
        Save
      </Button>
    </form>
  );
}
