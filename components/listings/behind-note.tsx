import { useLocale, useTranslations } from 'next-intl';
import { intlTag } from '@/i18n/locales';
import type { Listing } from '@/server/domains/listings/schemas';

/** The message for a listing's state: what the shop has or gets instead, and what the user can do about it. */
function messageKeyOf(state: Listing['state']): 'failed' | 'onTheWay' | 'shown' {
  if (state === 'failed') return 'failed';
  return state === 'pending' || state === 'listing' ? 'onTheWay' : 'shown';
}

/** Tells how a shop's version differs from the product and what the user can do; renders nothing if they are the same. */
export function BehindNote({
  listing,
}: {
  listing: Pick<Listing, 'behind' | 'sent' | 'connectionName' | 'state'>;
}) {
  const t = useTranslations('listings.behind');
  const locale = useLocale();
  const { behind, sent, connectionName, state } = listing;
  if (behind.length === 0 || !sent) return null;
  const parts = new Intl.ListFormat(intlTag(locale)).format(behind.map((part) => t('part', { part })));
  return (
    <div className="grid gap-1">
      <p className="text-warning">
        {t.rich(messageKeyOf(state), { shop: () => <bdi>{connectionName}</bdi>, parts })}
      </p>
      <details className="text-muted-foreground">
        <summary className="w-fit cursor-pointer">{t('sent.summary')}</summary>
        <dl className="mt-2 grid gap-1">
          <dt className="font-medium">{t('sent.title')}</dt>
          <dd dir="auto" className="wrap-anywhere">
            {sent.title}
          </dd>
          <dt className="font-medium">{t('sent.description')}</dt>
          <dd dir="auto" className="wrap-anywhere whitespace-pre-wrap">
            {sent.description}
          </dd>
          <dt className="font-medium">{t('sent.tags')}</dt>
          <dd dir="auto" className="wrap-anywhere">
            {sent.tags.join(', ') || t('sent.noTags')}
          </dd>
        </dl>
      </details>
    </div>
  );
}
