import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { z } from 'zod';
import { Alert } from '@/components/ui/alert';
import { href } from '@/components/ui/search-params';
import type { notAttributed } from '@/server/domains/ledger/schemas';
import type { Shown } from '@/server/foundation/facts';

/** Says which money of a month is in no figure, because nobody has attributed it. Nothing if there is none. */
export function NotAttributed({
  money,
  month,
  className,
}: {
  money: Shown<z.output<typeof notAttributed>>;
  month: string;
  className?: string;
}) {
  const t = useTranslations('sales.entries');
  return money.summary ? (
    <Alert
      variant="warning"
      {...(className ? { className } : {})}
      action={
        <Link
          href={href('/ledger/unattributed', { show: 'unattributed', month })}
          className="inline-flex min-h-6 items-center text-accent hover:underline"
        >
          {t('review')}
        </Link>
      }
    >
      <p>{money.summary.text}</p>
    </Alert>
  ) : null;
}
