'use client';

import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { FieldSet } from '@/components/ui/field';

/** The order of several platforms, changed with buttons, which work with the keyboard and on a phone. */
export function OrderField(props: {
  names: Record<string, string>;
  order: string[];
  error?: string | undefined;
  onChange: (order: string[]) => void;
}) {
  const t = useTranslations('setup.automation.order');
  const { order } = props;
  const move = (index: number, by: -1 | 1) => {
    const next = [...order];
    const [moved] = next.splice(index, 1);
    if (moved === undefined) return;
    next.splice(index + by, 0, moved);
    props.onChange(next);
  };
  return (
    <FieldSet legend={t('legend')} help={t('help')} error={props.error}>
      <ol className="grid gap-2">
        {order.map((platform, index) => {
          const name = props.names[platform] ?? platform;
          return (
            <li
              key={platform}
              className="flex items-center gap-2 rounded-lg border border-border bg-card px-3 py-1.5 text-sm"
            >
              <span className="tabular w-5 text-muted-foreground">{index + 1}</span>
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={t('up', { platform: name })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                <ArrowUp aria-hidden />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={t('down', { platform: name })}
                disabled={index === order.length - 1}
                onClick={() => move(index, 1)}
              >
                <ArrowDown aria-hidden />
              </Button>
            </li>
          );
        })}
      </ol>
    </FieldSet>
  );
}
