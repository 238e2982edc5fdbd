'use client';

import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { FieldSet } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { equalMix } from '@/server/domains/scheduling/suggest-times';

/** The share of each topic, with the sum of the typed values. */
export function MixField(props: {
  names: Record<string, string>;
  mix: Record<string, number>;
  error?: string | undefined;
  onChange: (mix: Record<string, number>) => void;
}) {
  const t = useTranslations('setup.automation.mix');
  const slugs = Object.keys(props.mix);
  const sum = Object.values(props.mix).reduce((a, b) => a + b, 0);
  return (
    <FieldSet legend={t('legend')} help={t('help')} error={props.error}>
      <div className="grid gap-2">
        {slugs.map((slug) => (
          <div key={slug} className="flex items-center justify-between gap-3 text-sm">
            <label htmlFor={`mix-${slug}`} className="min-w-0 truncate">
              {props.names[slug] ?? slug}
            </label>
            <span className="flex items-center gap-2">
              <Input
                id={`mix-${slug}`}
                name={`mix.${slug}`}
                type="number"
                inputMode="numeric"
                min={0}
                max={100}
                step={1}
                className="tabular w-20! text-right"
                value={props.mix[slug] ?? 0}
                onChange={(event) =>
                  props.onChange({ ...props.mix, [slug]: Math.trunc(Number(event.target.value) || 0) })
                }
              />
              <span aria-hidden>%</span>
            </span>
          </div>
        ))}
      </div>
      <div className="flex items-center justify-between gap-3 border-border border-t pt-2 text-sm">
        <output className={sum === 100 ? 'tabular' : 'tabular font-medium text-destructive'}>
          {sum === 100 ? t('sum') : t('wrongSum', { sum })}
        </output>
        {slugs.length > 1 ? (
          <Button variant="outline" size="sm" onClick={() => props.onChange(equalMix(slugs))}>
            {t('share')}
          </Button>
        ) : null}
      </div>
    </FieldSet>
  );
}
