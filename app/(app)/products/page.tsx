import { Package, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
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
import { id, search as searchType } from '@/server/foundation/inputs';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'Products' };

export default async function ProductsPage({ searchParams }: { searchParams: SearchParams }) {
  const [viewer, caller, query] = await Promise.all([requireViewer(), api(), searchParams]);
  const search = read(searchType(140), query.search) || undefined;
  const archived = one(query.archived) === '1';
  const cursor = read(id('product'), query.cursor);
  const page = await caller.products.list({ archived, limit: 25, search, cursor });
  const params = { search, archived: archived ? '1' : undefined };
  const full = page.allowed !== null && page.used >= page.allowed;
  const addAs = (variant: 'default' | 'outline') =>
    viewer.workspace.role === 'viewer' ? null : (
      <Button asChild variant={variant}>
        <Link href="/products/new">
          <Plus aria-hidden />
          Add product
        </Link>
      </Button>
    );
  return (
    <>
      <PageHeader
        title="Products"
        description={
          page.allowed === null
            ? 'What you sell. List a product on as many shops as you like.'
            : `${page.used} of ${page.allowed} products of your plan.${full ? ' Upgrade to add more.' : ''}`
        }
        action={addAs('default')}
      />
      <form className="mb-4 flex flex-wrap items-center gap-2" action="/products">
        <Input
          type="search"
          name="search"
          aria-label="Search products"
          placeholder="Search titles"
          defaultValue={search ?? ''}
          className="sm:w-64"
        />
        {archived ? <input type="hidden" name="archived" value="1" /> : null}
        <Button type="submit" variant="outline">
          Search
        </Button>
        <Button asChild variant="ghost">
          <Link href={href('/products', { search, archived: archived ? undefined : '1' })}>
            {archived ? 'Show current' : 'Show archived'}
          </Link>
        </Button>
      </form>
      {page.items.length === 0 ? (
        <EmptyState
          icon={Package}
          title={search ? 'No product has these words' : archived ? 'Nothing is archived' : 'No products yet'}
          description={
            search || archived
              ? undefined
              : 'Add a digital product with its file, then list it on a shop that you have connected.'
          }
          action={search || archived ? undefined : addAs('outline')}
        />
      ) : (
        <Card>
          <Table label="Products">
            <TableHeader>
              <TableRow>
                <TableHead>Product</TableHead>
                <TableHead className="max-sm:hidden">File</TableHead>
                <TableHead>Listings</TableHead>
                <TableHead numeric className="max-sm:hidden">
                  Lowest price
                </TableHead>
                <TableHead numeric>Price</TableHead>
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
                      <Badge variant="warning">No file</Badge>
                    )}
                  </TableCell>
                  <TableCell className="whitespace-nowrap">
                    {product.listings === 0
                      ? 'Not listed'
                      : product.activeListings === product.listings
                        ? `${product.listings} active`
                        : `${product.activeListings} of ${product.listings} active`}
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
