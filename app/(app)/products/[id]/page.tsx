import { ExternalLink } from 'lucide-react';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { BehindNote } from '@/components/listings/behind-note';
import { ListButton } from '@/components/listings/list-button';
import { ListingActions } from '@/components/listings/listing-actions';
import { isInProgress, ListingState, SandboxBadge } from '@/components/listings/listing-state';
import { Poll } from '@/components/live/poll';
import { mediaAddress } from '@/components/media/types';
import { HeldListing } from '@/components/posting/held-note';
import { PriceForm } from '@/components/pricing/price-form';
import { RuleForm } from '@/components/pricing/rule-form';
import { ArchiveButton } from '@/components/products/archive-button';
import { ProductForm } from '@/components/products/product-form';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('product');

export default async function ProductPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const [viewer, caller, t] = await Promise.all([requireViewer(), api(), getTranslations('products.detail')]);
  const product = await caller.products.get({ id }).catch((error: unknown) => {
    if (isTrpcNotFound(error)) notFound();
    throw error;
  });
  const [{ items: listings }, shops] = await Promise.all([
    caller.listings.list({ productId: id, limit: 100 }),
    caller.sales.syncStatus(),
  ]);
  const details = await Promise.all(
    listings.map(async (listing) => {
      const [rules, changes] = await Promise.all([
        caller.pricing.rules({ listingId: listing.id, limit: 1 }),
        caller.pricing.changes({ listingId: listing.id, limit: 1 }),
      ]);
      const last = changes.items[0];
      return {
        listing,
        rule: rules.items[0] ?? null,
        last,
        changing: last?.state === 'pending' || last?.state === 'unknown',
      };
    }),
  );
  const canWrite = viewerCan(viewer, 'products.write');
  const canList = viewerCan(viewer, 'listings.write');
  const canPrice = viewerCan(viewer, 'prices.write');
  const free = shops.filter((shop) => !listings.some((l) => l.connectionId === shop.connectionId));
  return (
    <ClientWords of={['products', 'listings', 'pricing', 'posting', 'files']}>
      <Poll active={details.some((d) => isInProgress(d.listing.state) || d.changing)} />
      <PageHeader
        title={<span dir="auto">{product.title}</span>}
        badge={product.archivedAt ? <Badge variant="outline">{t('archived')}</Badge> : undefined}
        back={{ href: '/products', label: t('back') }}
        action={
          canWrite ? (
            <ArchiveButton id={product.id} version={product.version} archived={product.archivedAt !== null} />
          ) : undefined
        }
      />
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <ProductForm product={product} currency={product.currency} canWrite={canWrite} />
        <section aria-labelledby="shops" className="grid content-start gap-4">
          <h2 id="shops" className="font-semibold text-base">
            {t('shops')}
          </h2>
          {details.map(({ listing, rule, last, changing }) => (
            <Card key={listing.id}>
              <CardHeader>
                <CardTitle as="h3" className="flex flex-wrap items-center gap-2">
                  <span className="wrap-anywhere" dir="auto">
                    {listing.connectionName}
                  </span>
                  <ListingState state={listing.state} /> <HeldListing state={listing.state} />
                  <SandboxBadge environment={listing.environment} />
                </CardTitle>
              </CardHeader>
              <CardContent className="grid grid-cols-1 gap-4">
                {listing.pictureId ? (
                  // biome-ignore lint/performance/noImgElement: a file of the workspace.
                  <img
                    src={`${mediaAddress(listing.pictureId)}?size=small`}
                    alt={t('pictureAlt')}
                    className="size-20 rounded-lg border border-border object-cover"
                  />
                ) : null}
                <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
                  <Money
                    amount={listing.price}
                    currency={listing.currency}
                    className="font-semibold text-lg"
                  />
                  <span className="tabular text-muted-foreground">
                    {t('figures', { views: listing.views, sales: listing.sales })}
                  </span>
                </div>
                <BehindNote listing={listing} />
                {listing.problem ? <p className="text-destructive">{listing.problem.text}</p> : null}
                {last ? <p className="text-muted-foreground">{(last.problem ?? last.reason).text}</p> : null}
                <div className="flex flex-wrap items-center justify-between gap-2">
                  {listing.url ? (
                    <a
                      href={listing.url}
                      className="inline-flex min-h-6 items-center gap-1 text-accent hover:underline"
                      target="_blank"
                      rel="noreferrer"
                    >
                      {t('seeInShop')} <ExternalLink aria-hidden className="size-3.5" />
                    </a>
                  ) : (
                    <span />
                  )}
                  {canList ? (
                    <ListingActions
                      id={listing.id}
                      version={listing.version}
                      state={listing.state}
                      title={listing.productTitle}
                      shop={listing.connectionName}
                    />
                  ) : null}
                </div>
                {canPrice && listing.state === 'active' ? (
                  <>
                    <PriceForm
                      listingId={listing.id}
                      price={listing.price}
                      floor={listing.floor}
                      currency={listing.currency}
                      busy={changing}
                    />
                    <div className="grid gap-3 border-border border-t pt-4">
                      <h4 className="font-medium">{t('priceRule')}</h4>
                      {rule?.lastOutcome ? (
                        <p className="text-muted-foreground">{rule.lastOutcome.text}</p>
                      ) : null}
                      <RuleForm listingId={listing.id} rule={rule} />
                    </div>
                  </>
                ) : null}
              </CardContent>
            </Card>
          ))}
          {canList && !product.archivedAt && free.length > 0 ? (
            <Card>
              <CardContent className="grid justify-items-start gap-3">
                {product.file ? null : <p className="text-muted-foreground">{t('fileFirst')}</p>}
                {free.map((shop) => (
                  <div key={shop.connectionId} className="grid min-w-0 justify-items-start gap-1">
                    <ListButton
                      productId={product.id}
                      connectionId={shop.connectionId}
                      title={product.title}
                      shop={shop.name}
                      disabled={!product.file || shop.status !== 'active'}
                    />
                    {shop.status === 'active' ? null : (
                      <p className="text-muted-foreground">
                        {t.rich('reconnect', {
                          link: (chunks) => (
                            <Link href="/connections" className="text-accent underline underline-offset-4">
                              {chunks}
                            </Link>
                          ),
                        })}
                      </p>
                    )}
                  </div>
                ))}
              </CardContent>
            </Card>
          ) : null}
          {shops.length === 0 ? (
            <Card>
              <CardContent className="grid justify-items-start gap-3">
                <p className="text-muted-foreground">{t('noShop')}</p>
                <Button asChild variant="outline">
                  <Link href="/connections">{t('connectShop')}</Link>
                </Button>
              </CardContent>
            </Card>
          ) : null}
        </section>
      </div>
    </ClientWords>
  );
}
