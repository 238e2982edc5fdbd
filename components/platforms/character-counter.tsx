'use client';

import { useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { countText } from '@/server/connectors/kit/text';
import { characterLimit, platformName } from './catalogue';

/** How many characters are left, counted the way the platform counts URLs, emoji and everything else. */
export function Counter({
  platform,
  text,
  link,
  id,
  limit = characterLimit(platform),
}: {
  platform: string;
  text: string;
  link?: string | null;
  id?: string;
  /** Overrides the platform's limit for a post. */
  limit?: number | null;
}) {
  const t = useTranslations('platforms.counter');
  if (limit === null) return null;
  const count = countText(platform, text, link || null);
  const left = limit - count;
  return (
    <span
      id={id}
      className={cn(
        'tabular text-xs',
        left < 0
          ? 'font-medium text-destructive'
          : left <= limit / 10
            ? 'text-warning'
            : 'text-muted-foreground',
      )}
    >
      {t.rich('used', {
        used: count,
        most: limit,
        platform: platformName(platform),
        hidden: (chunks) => <span className="sr-only">{chunks}</span>,
      })}
      {left < 0 ? <span>{t('tooMany', { count: -left })}</span> : null}
    </span>
  );
}

/** Whether the text is within the platform's length limit. */
export function fitsPlatform(platform: string, text: string, link?: string | null): boolean {
  const limit = characterLimit(platform);
  return limit === null || countText(platform, text, link || null) <= limit;
}
