import { Package, Plus } from 'lucide-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CursorPages } from '@/components/ui/cursor-pages';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/input';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { href, one, read, type SearchParams } from '@/components/ui/search-params';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { titled } from '@/components/words/titled';
import { id, search as searchType } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('products');

export default async function ProductsPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query, t] = await Promise.all([
    requireViewer(),
    api(),
    searchParams,
    getTranslations('products.list'),
  ]);
  const search = read(searchType(140), query.search) || undefined;
  const archived = one(query.archived) === '1';
  const cursor = read(id('product'), query.cursor);
  const page = await caller.products.list({ archived, limit: 25, search, cursor });
  const params = { search, archived: archived ? '1' : undefined };
  const full = page.allowed !== null && page.used >= page.allowed;
  const addAs = (variant: 'default' | 'outline') =>
    viewerCan(viewer, 'products.write') ? (
      <Button asChild variant={variant}>
        <Link href="/products/new">
          <Plus aria-hidden />
          {t('add')}
        </Link>
      </Button>
    ) : null;
  return (
    <>
      <PageHeader
        title={t('title')}
        description={
          page.allowed === null
            ? t('description')
            : t(full ? 'allowanceUsedUp' : 'allowance', { used: page.used, allowed: page.allowed })
        }
        action={addAs('default')}
      />
      <form className="mb-4 flex flex-wrap items-center gap-2" action="/products">
        <Input
          type="search"
          name="search"
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          defaultValue={search ?? ''}
          className="sm:w-64"
        />
        {archived ? <input type="hidden" name="archived" value="1" /> : null}
        <Button type="submit" variant="outline">
          {t('search.submit')}
        </Button>
        <Button asChild variant="ghost">
          <Link href={href('/products', { search, archived: archived ? undefined : '1' })}>
            {archived ? t('showCurrent') : t('showArchived')}
          </Link>
        </Button>
      </form>
      {page.items.length === 0 ? (
        <EmptyState
          icon={Package}
          title={search ? t('empty.search') : archived ? t('empty.archived') : t('empty.title')}
          description={search || archived ? undefined : t('empty.description')}
          action={search || archived ? undefined : addAs('outline')}
        />
      ) : (
        <Card>
          <Table label={t('title')}>
            <TableHeader>
              <TableRow>
                <TableHead>{t('columns.product')}</TableHead>
                <TableHead className="max-sm:hidden">{t('columns.file')}</TableHead>
                <TableHead>{t('columns.listings')}</TableHead>
                <TableHead numeric className="max-sm:hidden">
                  {t('columns.floor')}
                </TableHead>
                <TableHead numeric>{t('columns.price')}</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {page.items.map((product) => (
                <TableRow key={product.id}>
                  <TableCell className="min-w-32">
                    <Link
                      href={`/products/${product.id}`}
                      className="wrap-anywhere inline-flex min-h-6 items-center font-medium hover:underline"
                      dir="auto"
                    >
                      {product.title}
                    </Link>
                  </TableCell>
                  <TableCell className="max-sm:hidden">
                    {product.file ? (
                      <Badge variant="outline">{product.file.name.split('.').at(-1)?.toUpperCase()}</Badge>
                    ) : (
                      <Badge variant="warning">{t('noFile')}</Badge>
                    )}
                  </TableCell>
                  <TableCell className="whitespace-nowrap">
                    {product.listings === 0
                      ? t('notListed')
                      : product.activeListings === product.listings
                        ? t('allActive', { count: product.listings })
                        : t('someActive', { active: product.activeListings, count: product.listings })}
                  </TableCell>
                  <TableCell numeric className="max-sm:hidden">
                    <Money amount={product.floor} currency={product.currency} />
                  </TableCell>
                  <TableCell numeric>
                    <Money amount={product.price} currency={product.currency} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      <CursorPages path="/products" params={params} cursor={cursor} nextCursor={page.nextCursor} />
    </>
  );
}
