'use client';

import { useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import type { AccountOptions } from '@/components/trpc/outputs';
import { type OptionValues, optionsKey } from '@/server/foundation/option-values';
import { OptionsShown } from './options-shown';
import { describeValues } from './values';

/** The options of each account that differ between the user's version and the newer one, side by side. */
export function OptionsConflict({
  accounts,
  mine,
  theirs,
  labels,
}: {
  accounts: readonly AccountOptions[];
  /** Values by account. */
  mine: Readonly<Record<string, OptionValues>>;
  theirs: Readonly<Record<string, OptionValues>>;
  labels: { mine: string; theirs: string };
}) {
  const t = useTranslations('options');
  const words = { on: t('on'), off: t('off') };
  return accounts.map(({ connectionId, platform, connectionName, fields }) => {
    const sides = [
      { label: labels.mine, values: mine[connectionId] ?? {} },
      { label: labels.theirs, values: theirs[connectionId] ?? {} },
    ] as const;
    if (optionsKey(sides[0].values) === optionsKey(sides[1].values)) return null;
    const name = t('legend', { platform: platformName(platform), account: connectionName });
    return (
      <section key={connectionId} aria-label={`${t('title')}: ${name}`} className="grid gap-2">
        <h3 className="wrap-anywhere font-medium">
          {t('title')}: {name}
        </h3>
        <div className="grid gap-3 md:grid-cols-2">
          {sides.map(({ label, values }) => {
            const options = describeValues(fields, values, words);
            return (
              <div key={label} className="grid min-w-0 content-start gap-1">
                <p className="text-muted-foreground text-xs">{label}</p>
                <div className="rounded-md border border-border bg-background px-3 pb-3">
                  <OptionsShown options={options} />
                  {options.length === 0 ? <p className="pt-3 text-muted-foreground">{t('none')}</p> : null}
                </div>
              </div>
            );
          })}
        </div>
      </section>
    );
  });
}
