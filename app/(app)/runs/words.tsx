import { useLocale, useTranslations } from 'next-intl';
import { Badge, type BadgeVariant } from '@/components/ui/badge';
import { intlTag } from '@/i18n/locales';
import { capitalize } from '@/server/foundation/storable';

const STATUS = {
  running: 'accent',
  completed: 'positive',
  failed: 'destructive',
  cancelled: 'secondary',
} as const satisfies Record<string, BadgeVariant>;

export function RunStatus({ status }: { status: keyof typeof STATUS }) {
  const t = useTranslations('runs.status');
  return <Badge variant={STATUS[status]}>{t(status)}</Badge>;
}

/** The localized name of a function. Falls back to its formatted id: "publishing-tidy" becomes "Publishing tidy". */
export function RunName({ name }: { name: string }) {
  const t = useTranslations('runs.work');
  const known = name as Parameters<typeof t.has>[0];
  if (t.has(known)) return t(known);
  return capitalize(name.replaceAll(/[-_/.]+/g, ' ').trim());
}

/** A duration: "850 ms", "4.2 s", "3 min", "2 h 5 min". */
export function Duration({ ms }: { ms: number }) {
  const t = useTranslations('runs.length');
  const locale = useLocale();
  if (ms < 1000) return t('milliseconds', { count: ms });
  if (ms < 60_000) {
    const seconds = new Intl.NumberFormat(intlTag(locale), {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
    return t('seconds', { count: seconds.format(ms / 1000) });
  }
  const minutes = Math.round(ms / 60_000);
  return minutes < 60
    ? t('minutes', { count: minutes })
    : t('hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

export function RunLength({ run }: { run: { startedAt: Date; endedAt: Date | null } }) {
  const t = useTranslations('runs');
  if (!run.endedAt) return t('notOver');
  return <Duration ms={Math.max(0, run.endedAt.getTime() - run.startedAt.getTime())} />;
}
