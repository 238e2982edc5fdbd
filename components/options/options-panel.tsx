'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { ErrorState } from '@/components/ui/error-state';
import { FieldSet } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import { brokenRules, type RuledPost } from '@/server/connectors/kit/option-rules';
import type { OptionValues } from '@/server/foundation/option-values';
import { OptionInput } from './option-field';
import { changedValues, startingValues } from './values';

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
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {shown.map(({ connectionId, platform, connectionName, fields, rules }) => {
          const values = startingValues(fields, valuesOf(connectionId));
          const broken = brokenRules(rules, values, { media: postOf(platform)?.media ?? [] });
          return (
            <FieldSet
              key={connectionId}
              className="gap-4"
              legend={
                <span className="wrap-anywhere">
                  {t('legend', { platform: platformName(platform), account: connectionName })}
                </span>
              }
              error={errors[`options.${connectionId}`]}
            >
              {fields.map((field) => (
                <OptionInput
                  key={field.id}
                  connectionId={connectionId}
                  field={field}
                  value={Object.hasOwn(values, field.id) ? values[field.id] : undefined}
                  error={
                    errors[`options.${connectionId}.${field.id}`] ??
                    broken.find((rule) => rule.field === field.id)?.message.text
                  }
                  onChange={(value) => onChange(connectionId, changedValues(fields, values, field.id, value))}
                />
              ))}
            </FieldSet>
          );
        })}
      </CardContent>
    </Card>
  );
}
