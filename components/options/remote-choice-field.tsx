'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field, FieldSet } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import type { RemoteChoice } from '@/server/foundation/option-values';
import type { FormField } from './values';

/** An option that is chosen from what the account has on its platform. The platform is asked when the list is opened. */
export function RemoteChoiceField({
  connectionId,
  field,
  value,
  error,
  onChange,
}: {
  connectionId: string;
  field: FormField;
  value: RemoteChoice | undefined;
  error?: string | undefined;
  onChange: (value: RemoteChoice | undefined) => void;
}) {
  const t = useTranslations('options.remote');
  const [open, setOpen] = useState(false);
  const name = field.label.text;
  return (
    <FieldSet legend={name} help={field.help?.text} error={error}>
      <div className="flex flex-wrap items-center gap-2">
        <p className="wrap-anywhere min-w-0">
          {value ? t.rich('chosen', { label: () => <bdi>{value.label}</bdi> }) : t('nothing')}
        </p>
        {open ? null : (
          <Button size="sm" variant="outline" onClick={() => setOpen(true)}>
            {t(value ? 'change' : 'open')}
            <span className="sr-only"> {name}</span>
          </Button>
        )}
        {value && !field.required ? (
          <Button size="sm" variant="ghost" onClick={() => onChange(undefined)}>
            {t('remove')}
            <span className="sr-only"> {name}</span>
          </Button>
        ) : null}
      </div>
      {open ? <Choices connectionId={connectionId} field={field} value={value} onChange={onChange} /> : null}
    </FieldSet>
  );
}

function Choices({
  connectionId,
  field,
  value,
  onChange,
}: {
  connectionId: string;
  field: FormField;
  value: RemoteChoice | undefined;
  onChange: (value: RemoteChoice | undefined) => void;
}) {
  const t = useTranslations('options');
  const trpc = useTRPC();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const list = useInfiniteQuery(
    trpc.connections.choices.infiniteQueryOptions(
      { connectionId, field: field.id, search },
      // Other people change it on the platform, so the list lives no longer than the form.
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        gcTime: 0,
        retry: false,
        refetchOnWindowFocus: false,
      },
    ),
  );
  const found = (list.data?.pages ?? []).flatMap((page) => page.choices);
  const choices = [...new Map([...(value ? [value] : []), ...found].map((one) => [one.value, one])).values()];
  return (
    <div className="grid max-w-sm gap-3 rounded-md bg-muted p-3">
      <Field label={t('remote.search', { option: field.label.text })} id={id}>
        {(wiring) => (
          <div className="flex gap-2">
            <Input
              {...wiring}
              type="search"
              autoFocus
              dir="auto"
              maxLength={200}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                setSearch(typed.trim());
              }}
            />
            <Button variant="outline" onClick={() => setSearch(typed.trim())}>
              {t('remote.go')}
            </Button>
          </div>
        )}
      </Field>
      <p role="status" className="text-muted-foreground text-sm empty:hidden">
        {list.isPending ? t('remote.loading') : null}
        {list.isSuccess && found.length === 0 ? t('remote.empty') : null}
      </p>
      {list.isError ? (
        <div role="alert" className="grid justify-items-start gap-2 text-destructive text-sm">
          <p className="wrap-anywhere">
            {t('remote.failed')} {readAppError(list.error).message}
          </p>
          <Button size="sm" variant="outline" onClick={() => void list.refetch()}>
            {t('remote.again')}
          </Button>
        </div>
      ) : null}
      {choices.length > 0 ? (
        <Field label={field.label.text} required={field.required}>
          <NativeSelect
            value={value?.value ?? ''}
            onChange={(event) => onChange(choices.find((one) => one.value === event.target.value))}
          >
            {value && field.required ? null : <option value="">{t('choose')}</option>}
            {choices.map((one) => (
              <option key={one.value} value={one.value}>
                {one.label}
              </option>
            ))}
          </NativeSelect>
        </Field>
      ) : null}
      {list.hasNextPage ? (
        <Button
          size="sm"
          variant="outline"
          className="w-fit"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('remote.more')}
        </Button>
      ) : null}
    </div>
  );
}
