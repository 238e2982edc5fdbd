'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { NumberField } from '@/components/forms/number-field';
import { useAppForm } from '@/components/forms/use-app-form';
import { characterLimit, platformName } from '@/components/platforms/catalogue';
import { useTRPC } from '@/components/trpc/client';
import type { EvergreenItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Skeleton } from '@/components/ui/skeleton';
import { Textarea } from '@/components/ui/textarea';
import type { OptionValues } from '@/server/foundation/option-values';

// Loaded on demand, because it asks for the fields of all accounts.
const EvergreenOptions = dynamic(() => import('./evergreen-options').then((m) => m.EvergreenOptions), {
  loading: () => <Skeleton className="h-40" />,
});

interface Shown {
  gap: string;
  texts: Record<string, { key: number; text: string }[]>;
  /** The accounts whose options were changed here. */
  options: Record<string, OptionValues>;
  version: number;
}
const shown = (item: EvergreenItem): Shown => ({
  gap: String(item.gapDays),
  texts: Object.fromEntries(
    item.texts.map(({ platform }) => [
      platform,
      (item.wordings[platform] ?? []).map((text, key) => ({ key, text })),
    ]),
  ),
  options: {},
  version: item.version,
});

/** Edits the gap of an evergreen post and its further wordings. `onDone` is called when everything typed is saved. */
export function EvergreenForm({ item, onDone }: { item: EvergreenItem; onDone: () => void }) {
  const t = useTranslations('evergreen.form');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const save = useMutation(
    trpc.planning.setEvergreen.mutationOptions({
      onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
    }),
  );
  const form = useAppForm({
    now: shown(item),
    schema: () => import('./evergreen-schema').then((m) => m.evergreenSchema),
    send: (input, { version }) =>
      save.mutateAsync({ postId: item.postId, paused: item.paused, version, ...input }),
    answered: ({ version }) => ({ version }),
    onSaved: ({ all }) => {
      if (all) onDone();
    },
  });
  const { gap, texts, options } = form.value;
  const { fields } = form;
  const put = (platform: string, list: Shown['texts'][string]) =>
    form.set({ texts: { ...texts, [platform]: list } });
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4 rounded-md bg-muted p-3">
      <FormErrors message={form.message} fields={fields} />
      <NumberField
        label={t('gap')}
        error={fields.gapDays}
        className="max-w-xs"
        narrow
        name="gapDays"
        max={730}
        value={gap}
        onType={(text) => form.set({ gap: text })}
      />
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
                  label={t('wording', { number: i + 2 })}
                  className="min-w-0 flex-1"
                  error={fields[`wordings.${platform}.${i}`]}
                  aside={limit === null ? undefined : t('characters', { count: one.text.length, limit })}
                >
                  <Textarea
                    name={`wordings.${platform}.${i}`}
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
                  aria-label={t('remove', { number: i + 2, platform: platformName(platform) })}
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
                <Plus aria-hidden /> {t('another')}
              </Button>
            ) : null}
          </section>
        );
      })}
      <EvergreenOptions
        item={item}
        values={options}
        errors={fields}
        onChange={(id, values) => form.set({ options: { ...options, [id]: values } })}
      />
      <Button type="submit" className="w-fit" loading={form.saving}>
        {t('save')}
      </Button>
    </form>
  );
}
