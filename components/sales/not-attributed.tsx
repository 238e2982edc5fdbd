import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { z } from 'zod';
import { Alert } from '@/components/ui/alert';
import { href } from '@/components/ui/search-params';
import type { notAttributed } from '@/server/domains/ledger/schemas';
import type { Shown } from '@/server/foundation/facts';

/**
 * Says which money of a month is in no figure, because nobody has attributed it. Nothing if there is none. `quiet` is for a panel of a page
 * that has an alert about it.
 */
export function NotAttributed({
  money,
  month,
  quiet = false,
}: {
  money: Shown<z.output<typeof notAttributed>>;
  month: string;
  quiet?: boolean;
}) {
  const t = useTranslations('sales.entries');
  if (!money.summary) return null;
  const review = (
    <Link
      href={href('/ledger/unattributed', { show: 'unattributed', month })}
      className="inline-flex min-h-6 items-center text-accent hover:underline"
    >
      {t('review')}
    </Link>
  );
  return quiet ? (
    <p className="flex flex-wrap items-center gap-x-2 border-border border-t px-4 py-3 text-muted-foreground text-sm">
      {money.summary.text} {review}
    </p>
  ) : (
    <Alert variant="warning" className="mb-6" action={review}>
      <p>{money.summary.text}</p>
    </Alert>
  );
}
