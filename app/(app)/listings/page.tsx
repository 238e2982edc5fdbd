import { ExternalLink, LayoutList } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ListingActions } from '@/components/listings/listing-actions';
import { isMoving, ListingState, SandboxBadge } from '@/components/listings/listing-state';
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
import { id } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Listings' };

/** Head and rows alike, so that they stay under one another. */
const PHONE_ROW =
  'max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:items-center max-sm:[&>th]:leading-9';

export default async function ListingsPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query] = await Promise.all([requireViewer(), api(), searchParams]);
  const cursor = read(id('listing'), query.cursor);
  const page = await caller.listings.list({ limit: 25, cursor });
  const canWrite = viewer.workspace.role !== 'viewer';
  return (
    <>
      <Poll active={page.items.some((listing) => isMoving(listing.state))} />
      <PageHeader
        title="Listings"
        description="Where your products are for sale."
        action={
          <Button asChild variant="outline">
            <Link href="/products">Choose a product to list</Link>
          </Button>
        }
      />
      {page.items.length === 0 ? (
        <EmptyState
          icon={LayoutList}
          title="Nothing is listed yet"
          description="Open a product and list it on a shop. It appears here with its views and sales."
          action={
            <Button asChild>
              <Link href="/products">Open products</Link>
            </Button>
          }
        />
      ) : (
        <Card>
          {/* On a phone a row is a small grid: name and price, and below them what can be done. */}
          <Table label="Listings" className="max-sm:block">
            <TableHeader className="max-sm:block">
              <TableRow className={PHONE_ROW}>
                <TableHead>Product</TableHead>
                <TableHead className="max-sm:hidden">Shop</TableHead>
                <TableHead className="max-sm:hidden">State</TableHead>
                <TableHead numeric className="max-sm:hidden">
                  Views
                </TableHead>
                <TableHead numeric className="max-sm:hidden">
                  Sales
                </TableHead>
                <TableHead numeric>Price</TableHead>
                {canWrite ? (
                  <TableHead className="max-sm:hidden">
                    <span className="sr-only">Actions</span>
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
                      {listing.views.toLocaleString('en-GB')} views, {listing.sales.toLocaleString('en-GB')}{' '}
                      sold
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
                    {listing.views.toLocaleString('en-GB')}
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    <Link
                      href={`/orders?listing=${listing.id}`}
                      className="inline-flex min-h-6 items-center hover:underline"
                    >
                      {listing.sales.toLocaleString('en-GB')}
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
    </>
  );
}
