import { Receipt } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';
import type { z } from 'zod';
import { SandboxBadge } from '@/components/listings/listing-state';
import { SyncButton } from '@/components/sales/sync-button';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CursorPages } from '@/components/ui/cursor-pages';
import { PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { read, type SearchParams } from '@/components/ui/search-params';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import type { saleOutput } from '@/server/domains/sales/schemas';
import type { Shown } from '@/server/foundation/facts';
import { id, search, timeCursor } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('orders');

export default async function OrdersPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query, t] = await Promise.all([
    requireViewer(),
    api(),
    searchParams,
    getTranslations('sales.orders'),
  ]);
  const cursor = read(timeCursor('sale'), query.cursor);
  const order = read(search(100), query.order) || undefined;
  const listing = read(id('listing'), query.listing);
  const [page, shops, workspace] = await Promise.all([
    caller.sales.list({ limit: 25, cursor, order, listingId: listing }),
    caller.sales.syncStatus(),
    caller.workspace.get(),
  ]);
  const canSync = viewerCan(viewer, 'sales.sync') && shops.some((shop) => shop.status === 'active');
  const times = shops.flatMap((shop) => (shop.syncedAt ? [shop.syncedAt.toISOString()] : [])).sort();
  const last = times.at(-1) ?? null;
  const sync = canSync ? (
    <SyncButton syncing={shops.some((shop) => shop.syncing)} syncedAt={last} />
  ) : undefined;
  return (
    <ClientWords of={['sales']}>
      <PageHeader
        title={t('title')}
        description={
          last
            ? t.rich('lastSync', { time: () => <Time at={last} zone={workspace.timeZone} showZone /> })
            : t('description')
        }
        action={sync}
      />
      {shops
        .filter((shop) => shop.stuck)
        .map((shop) => (
          <Alert
            key={shop.connectionId}
            className="mb-4"
            variant="warning"
            title={t('stuck.title', { shop: shop.name })}
          >
            <p>
              {shop.syncedAt
                ? t.rich('stuck.since', {
                    time: () => <Time at={shop.syncedAt ?? ''} zone={workspace.timeZone} showZone />,
                  })
                : t('stuck.never')}{' '}
              {shop.stuck?.problem?.text}
            </p>
          </Alert>
        ))}
      {order || listing ? (
        <p className="mb-4 flex flex-wrap items-center gap-2 text-muted-foreground">
          {order ? t('ofOrder', { order }) : t('ofListing')}
          <Button asChild variant="ghost" size="sm">
            <Link href="/orders">{t('showAll')}</Link>
          </Button>
        </p>
      ) : null}
      {page.items.length === 0 ? (
        <EmptyState
          icon={Receipt}
          title={t('empty.title')}
          description={shops.length === 0 ? t('empty.noShop') : t('empty.description')}
          action={
            shops.length === 0 ? (
              <Button asChild>
                <Link href="/connections">{t('empty.connectShop')}</Link>
              </Button>
            ) : undefined
          }
        />
      ) : (
        <Card>
          <Table label={t('title')}>
            <TableHeader>
              <TableRow>
                <TableHead className="max-sm:hidden">{t('columns.sold')}</TableHead>
                <TableHead>{t('columns.item')}</TableHead>
                <TableHead className="max-sm:hidden">{t('columns.shop')}</TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.gross')}
                </TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.shipping')}
                </TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.tax')}
                </TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.fees')}
                </TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.refunded')}
                </TableHead>
                <TableHead numeric>{t('columns.net')}</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {page.items.map((sale) => (
                <TableRow key={sale.id}>
                  <TableCell className="max-sm:hidden">
                    <Time at={sale.soldAt} zone={workspace.timeZone} />
                  </TableCell>
                  <TableCell className="min-w-32">
                    <span className="wrap-anywhere" dir="auto">
                      {sale.quantity > 1
                        ? t('item', { quantity: sale.quantity, title: sale.title })
                        : sale.title}
                    </span>
                    <span className="block text-muted-foreground text-xs">
                      {t('order', { order: sale.remoteOrderId })}
                    </span>
                    <span className="block text-muted-foreground text-xs sm:hidden">
                      <Time at={sale.soldAt} zone={workspace.timeZone} />
                    </span>
                  </TableCell>
                  <TableCell className="max-sm:hidden">
                    <span className="flex flex-wrap items-center gap-2">
                      <bdi>{sale.connectionName}</bdi> <SandboxBadge environment={sale.environment} />
                    </span>
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    {sale.transactionId ? (
                      <Link
                        href={`/ledger/${sale.transactionId}`}
                        className="inline-flex min-h-6 items-center hover:underline"
                      >
                        <Money amount={sale.gross} currency={sale.currency} />
                      </Link>
                    ) : (
                      <Money amount={sale.gross} currency={sale.currency} />
                    )}
                    {sale.discount === 0 ? null : (
                      <span className="block whitespace-normal text-muted-foreground text-xs">
                        {t.rich('afterDiscount', {
                          discount: () => <Money amount={sale.discount} currency={sale.currency} />,
                        })}
                      </span>
                    )}
                    <SoldFor sale={sale} />
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    <Money amount={sale.shipping} currency={sale.currency} />
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    <Money amount={sale.tax} currency={sale.currency} />
                    {sale.tax === 0 ? null : (
                      <span className="block whitespace-normal text-muted-foreground text-xs">
                        {t('passedOn')}
                      </span>
                    )}
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    {sale.feesKnown ? (
                      <Money amount={-sale.fees} currency={sale.currency} />
                    ) : (
                      <Badge variant="outline">{t('feesNotKnown')}</Badge>
                    )}
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    {sale.refunded === 0 ? (
                      <span className="text-muted-foreground">{t('noRefund')}</span>
                    ) : (
                      <Money amount={-sale.refunded} currency={sale.currency} />
                    )}
                    {sale.refundedTax === 0 ? null : (
                      <span className="block whitespace-normal text-muted-foreground text-xs">
                        {t.rich('taxBack', {
                          tax: () => <Money amount={-sale.refundedTax} currency={sale.currency} />,
                        })}
                      </span>
                    )}
                  </TableCell>
                  <TableCell numeric>
                    {sale.net === null ? (
                      <Badge variant="outline" title={t('inOther')}>
                        {t('netNotKnown')}
                      </Badge>
                    ) : (
                      <Money amount={sale.net} currency={sale.currency} />
                    )}
                    <PhoneLine>
                      {sale.transactionId ? (
                        <Link
                          href={`/ledger/${sale.transactionId}`}
                          className="inline-flex min-h-6 items-center underline underline-offset-4"
                        >
                          <Gross sale={sale} />
                        </Link>
                      ) : (
                        <Gross sale={sale} />
                      )}
                    </PhoneLine>
                    {sale.feesKnown || sale.net === null ? null : (
                      <span className="block text-muted-foreground text-xs">{t('estimate')}</span>
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      <CursorPages path="/orders" params={{ order, listing }} cursor={cursor} nextCursor={page.nextCursor} />
    </ClientWords>
  );
}

type Sale = Shown<z.output<typeof saleOutput>>;

/** On phones: the price of the items, or all parts if there are more. */
function Gross({ sale }: { sale: Sale }) {
  const t = useTranslations('sales.orders');
  const show = (amount: number) => () => <Money amount={amount} currency={sale.currency} />;
  return (
    <span>
      {sale.shipping === 0 && sale.tax === 0
        ? t.rich('ofGross', { gross: show(sale.gross) })
        : t.rich('partsOf', {
            gross: show(sale.gross),
            shipping: show(sale.shipping),
            tax: show(sale.tax),
            refunded: show(-sale.refunded),
            fees: show(-sale.fees),
          })}
      <SoldFor sale={sale} />
    </span>
  );
}

/** What the buyer paid, if the shop sells in another currency than the one it is paid in. */
function SoldFor({ sale }: { sale: Sale }) {
  const t = useTranslations('sales.orders');
  const { soldFor } = sale;
  return soldFor ? (
    <span className="block whitespace-normal text-muted-foreground text-xs">
      {t.rich('paidAs', { amount: () => <Money value={soldFor} /> })}
    </span>
  ) : null;
}
