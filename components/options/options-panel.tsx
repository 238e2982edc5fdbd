'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { platformName } from '@/components/platforms/catalogue';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { AccountOptions as AccountFields } from '@/components/trpc/outputs';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { ErrorState } from '@/components/ui/error-state';
import { FieldSet } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import { brokenRules, type RuledPost } from '@/server/connectors/kit/option-rules';
import type { OptionValues } from '@/server/foundation/option-values';
import { OptionInput } from './option-field';
import { changedValues, describeValues, startingValues } from './values';

/** The options of each account, in one form for all platforms. */
export function OptionsPanel({
  accountIds,
  valuesOf,
  postOf,
  errors,
  onChange,
}: {
  /** The accounts that the post is sent to. Those whose platform has no options are not shown. */
  accountIds: readonly string[];
  /** Returns the values of an account; undefined for the defaults. */
  valuesOf: (connectionId: string) => OptionValues | undefined;
  /** Returns what is sent to a platform, for rules about options and media. */
  postOf: (platform: string) => { media?: RuledPost['media'] | undefined } | undefined;
  /** Problems by input: `options.<account>.<field>`, and `options.<account>` for the account as a whole. */
  errors: Readonly<Record<string, string>>;
  onChange: (connectionId: string, values: OptionValues) => void;
}) {
  const t = useTranslations('options');
  const trpc = useTRPC();
  const { data, isError, error, refetch } = useQuery(trpc.connections.options.queryOptions());
  if (!data)
    return isError ? (
      <ErrorState
        size="compact"
        title={t('failed')}
        description={readAppError(error).message}
        onRetry={() => void refetch()}
      />
    ) : (
      <Skeleton className="h-40" />
    );
  const shown = data.filter((account) => accountIds.includes(account.connectionId));
  if (shown.length === 0) return null;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-0 divide-y divide-border">
        {shown.map((account) => {
          const { connectionId, platform } = account;
          return (
            <AccountOptions
              key={connectionId}
              account={account}
              values={startingValues(account.fields, valuesOf(connectionId))}
              media={postOf(platform)?.media ?? []}
              errors={errors}
              onChange={(values) => onChange(connectionId, values)}
            />
          );
        })}
      </CardContent>
    </Card>
  );
}

/** The options of one account: closed, with what is set, unless something has to be filled in or mended. */
function AccountOptions({
  account: { connectionId, platform, connectionName, fields, rules },
  values,
  media,
  errors,
  onChange,
}: {
  account: AccountFields;
  values: OptionValues;
  media: RuledPost['media'];
  errors: Readonly<Record<string, string>>;
  onChange: (values: OptionValues) => void;
}) {
  const t = useTranslations('options');
  const broken = brokenRules(rules, values, { media });
  const rows = fields.map((field) => ({
    field,
    value: Object.hasOwn(values, field.id) ? values[field.id] : undefined,
    error:
      errors[`options.${connectionId}.${field.id}`] ??
      broken.find((rule) => rule.field === field.id)?.message.text,
  }));
  const error = errors[`options.${connectionId}`];
  const needed = rows.some((row) => row.error || (row.field.required && (row.value ?? '') === ''));
  const [open, setOpen] = useState(false);
  if (!open && (needed || error)) setOpen(true);
  const name = t('legend', { platform: platformName(platform), account: connectionName });
  const set = describeValues(fields, values, { on: t('on'), off: t('off') });
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="group py-3">
      <summary className="flex min-h-9 cursor-pointer list-none items-start gap-2 rounded-md [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="mt-0.5 size-4 shrink-0 text-muted-foreground group-open:rotate-90"
        />
        <span className="grid min-w-0 gap-0.5">
          <span className="wrap-anywhere font-medium">{name}</span>
          {open ? null : (
            <span className="wrap-anywhere text-muted-foreground">
              {set.length === 0
                ? t('none')
                : set.map(({ id, label, value }) => (
                    <span key={id} className="me-3">
                      {label.text}: <bdi>{value.text}</bdi>
                    </span>
                  ))}
            </span>
          )}
        </span>
      </summary>
      <FieldSet className="gap-4 pt-3" legend={<span className="sr-only">{name}</span>} error={error}>
        {rows.map(({ field, value, error }) => (
          <OptionInput
            key={field.id}
            connectionId={connectionId}
            field={field}
            value={value}
            error={error}
            onChange={(next) => onChange(changedValues(fields, values, field.id, next))}
          />
        ))}
      </FieldSet>
    </details>
  );
}
