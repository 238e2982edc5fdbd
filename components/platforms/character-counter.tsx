'use client';

import { cn } from '@/components/ui/cn';
import { countText } from '@/server/connectors/kit/text';
import { characterLimit, platformName } from './catalogue';

/** How many characters are left, counted as the platform counts: addresses, emoji and all. */
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
  /** Where it is not that of a post. */
  limit?: number | null;
}) {
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
      {count.toLocaleString('en-US')} / {limit.toLocaleString('en-US')}
      <span className="sr-only"> characters as {platformName(platform)} counts</span>
      {left < 0 ? <span> · {(-left).toLocaleString('en-US')} too many</span> : null}
    </span>
  );
}

/** Whether the text can go out there as it is. */
export function fitsPlatform(platform: string, text: string, link?: string | null): boolean {
  const limit = characterLimit(platform);
  return limit === null || countText(platform, text, link || null) <= limit;
}
