import { ExternalLink, LayoutList } from 'lucide-react';
import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { ListingActions } from '@/components/listings/listing-actions';
import { isInProgress, ListingState, SandboxBadge } from '@/components/listings/listing-state';
import { Poll } from '@/components/live/poll';
import { HeldListing } from '@/components/posting/held-note';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CursorPages } from '@/components/ui/cursor-pages';
import { PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { read, type SearchParams } from '@/components/ui/search-params';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { intlTag } from '@/i18n/locales';
import { id } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('listings');

/** Shared by the header and the rows so that their columns line up. */
const PHONE_ROW =
  'max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:items-center max-sm:[&>th]:leading-9';

export default async function ListingsPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query, t, locale] = await Promise.all([
    requireViewer(),
    api(),
    searchParams,
    getTranslations('listings.list'),
    getLocale(),
  ]);
  const count = new Intl.NumberFormat(intlTag(locale));
  const cursor = read(id('listing'), query.cursor);
  const page = await caller.listings.list({ limit: 25, cursor });
  const canWrite = viewerCan(viewer, 'listings.write');
  return (
    <ClientWords of={['listings', 'posting']}>
      <Poll active={page.items.some((listing) => isInProgress(listing.state))} />
      <PageHeader
        title={t('title')}
        description={t('description')}
        action={
          <Button asChild variant="outline">
            <Link href="/products">{t('choose')}</Link>
          </Button>
        }
      />
      {page.items.length === 0 ? (
        <EmptyState
          icon={LayoutList}
          title={t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild>
              <Link href="/products">{t('empty.openProducts')}</Link>
            </Button>
          }
        />
      ) : (
        <Card>
          {/* On a phone each row is a small grid: name and price, with the available actions below. */}
          <Table label={t('title')} className="max-sm:block">
            <TableHeader className="max-sm:block">
              <TableRow className={PHONE_ROW}>
                <TableHead>{t('columns.product')}</TableHead>
                <TableHead className="max-sm:hidden">{t('columns.shop')}</TableHead>
                <TableHead className="max-sm:hidden">{t('columns.state')}</TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.views')}
                </TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.sales')}
                </TableHead>
                <TableHead numeric>{t('columns.price')}</TableHead>
                {canWrite ? (
                  <TableHead className="max-sm:hidden">
                    <span className="sr-only">{t('columns.actions')}</span>
                  </TableHead>
                ) : null}
              </TableRow>
            </TableHeader>
            <TableBody className="max-sm:block">
              {page.items.map((listing) => (
                <TableRow key={listing.id} className={PHONE_ROW}>
                  <TableCell className="min-w-32">
                    <Link
                      href={`/products/${listing.productId}`}
                      className="wrap-anywhere inline-flex min-h-6 items-center font-medium hover:underline"
                      dir="auto"
                    >
                      {listing.productTitle}
                    </Link>
                    {listing.problem ? (
                      <p className="text-destructive text-xs">{listing.problem.text}</p>
                    ) : null}
                    <PhoneLine className="mt-1">
                      <ListingState state={listing.state} /> <HeldListing state={listing.state} />{' '}
                      <bdi>{listing.connectionName}</bdi>
                    </PhoneLine>
                    <PhoneLine className="mt-1">
                      {t('figures', { views: listing.views, sales: listing.sales })}
                    </PhoneLine>
                  </TableCell>
                  <TableCell className="max-sm:hidden">
                    <span className="flex flex-wrap items-center gap-2">
                      {listing.url ? (
                        <a
                          href={listing.url}
                          className="inline-flex min-h-6 items-center gap-1 hover:underline"
                          target="_blank"
                          rel="noreferrer"
                        >
                          <bdi>{listing.connectionName}</bdi>{' '}
                          <ExternalLink aria-hidden className="size-3.5" />
                        </a>
                      ) : (
                        <bdi>{listing.connectionName}</bdi>
                      )}
                      <SandboxBadge environment={listing.environment} />
                    </span>
                  </TableCell>
                  <TableCell className="max-sm:hidden">
                    <ListingState state={listing.state} /> <HeldListing state={listing.state} />
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    {count.format(listing.views)}
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    <Link
                      href={`/orders?listing=${listing.id}`}
                      className="inline-flex min-h-6 items-center hover:underline"
                    >
                      {count.format(listing.sales)}
                    </Link>
                  </TableCell>
                  <TableCell numeric>
                    <Money amount={listing.price} currency={listing.currency} />
                  </TableCell>
                  {canWrite ? (
                    <TableCell className="empty:hidden max-sm:col-span-2 max-sm:pt-0">
                      <ListingActions
                        id={listing.id}
                        version={listing.version}
                        state={listing.state}
                        title={listing.productTitle}
                        shop={listing.connectionName}
                      />
                    </TableCell>
                  ) : null}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      <CursorPages path="/listings" params={{}} cursor={cursor} nextCursor={page.nextCursor} />
    </ClientWords>
  );
}
