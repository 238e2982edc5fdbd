'use client';

import { useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { countBy } from '@/server/connectors/compose-text';
import { generalRules, type TextRules } from '@/server/connectors/kit/text';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { characterLimit, platformName } from './catalogue';
import { useTextRules } from './use-text-rules';

/**
 * How many characters are left, counted the way the platform counts URLs, emoji and everything else. Empty until the platform's rules are
 * loaded.
 */
export function Counter({
  platform,
  text,
  link,
  id,
  limit = characterLimit(platform),
  linkCharacters,
}: {
  platform: string;
  text: string;
  link?: string | null;
  id?: string;
  /** Overrides the platform's limit for a post. */
  limit?: number | null;
  /** As how many characters the account's server counts a link, if it differs. */
  linkCharacters?: number | undefined;
}) {
  const t = useTranslations('platforms.counter');
  const empty = text === '' && !link;
  const own = useTextRules(!empty)(platform);
  // Nothing counts nothing by every platform's rules.
  const rules = empty ? generalRules : own;
  if (limit === null) return null;
  if (!rules) return <span id={id} className="tabular text-xs" />;
  const count = countBy(rules, platform, text, link || null, linkCharacters);
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

/** Whether the text is within the length limit of the platform, or of an account with its own. True while its rules (null) are being loaded. */
export function fitsPlatform(
  rules: TextRules | null,
  platform: string,
  text: string,
  link: string | null | undefined,
  withMedia: boolean,
  own?: OwnLimits | null,
): boolean {
  const limit = characterLimit(platform, withMedia, own);
  return (
    limit === null || !rules || countBy(rules, platform, text, link || null, own?.linkCharacters) <= limit
  );
}
