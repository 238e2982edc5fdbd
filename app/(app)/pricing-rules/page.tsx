import { Tags } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { CursorPages } from '@/components/sell/cursor-pages';
import { ChangeState } from '@/components/sell/listing-state';
import { Poll } from '@/components/sell/poll';
import { one, type SearchParams } from '@/components/sell/query';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';

export const metadata: Metadata = { title: 'Pricing' };

export default async function PricingRulesPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query] = await Promise.all([api(), searchParams]);
  const cursor = one(query.cursor);
  const [rules, changes, workspace] = await Promise.all([
    caller.pricing.rules({ limit: 100 }),
    caller.pricing.changes({ limit: 25, cursor }),
    caller.workspace.get(),
  ]);
  return (
    <>
      <Poll active={changes.items.some((change) => change.state === 'pending')} />
      <PageHeader
        title="Pricing"
        description={`Views but no sales: a rule lowers the price by a step, never below the lowest price.${
          rules.allowed === null ? '' : ` ${rules.used} of ${rules.allowed} rules of your plan.`
        }`}
        action={
          <Button asChild variant="outline">
            <Link href="/listings">Choose a listing</Link>
          </Button>
        }
      />
      {rules.items.length === 0 ? (
        <EmptyState
          icon={Tags}
          title="No price rules yet"
          description="Open a product that is listed and set a rule for its price."
          action={
            <Button asChild>
              <Link href="/products">Open products</Link>
            </Button>
          }
        />
      ) : (
        <Card>
          <Table label="Price rules">
            <TableHeader>
              <TableRow>
                <TableHead>Product</TableHead>
                <TableHead>Rule</TableHead>
                <TableHead>Last check</TableHead>
                <TableHead numeric>Lowest price</TableHead>
                <TableHead numeric>Price</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {rules.items.map((rule) => (
                <TableRow key={rule.id}>
                  <TableCell className="min-w-48">
                    <Link
                      href={`/products/${rule.productId}`}
                      className="wrap-anywhere inline-flex min-h-6 items-center font-medium hover:underline"
                      dir="auto"
                    >
                      {rule.productTitle}
                    </Link>
                    <span className="block text-muted-foreground text-xs">{rule.connectionName}</span>
                  </TableCell>
                  <TableCell className="min-w-56">
                    {rule.minViews} views and no sale in {rule.windowHours} hours:{' '}
                    {rule.stepBasisPoints / 100} % less, at most every {rule.cooldownHours} hours.{' '}
                    {rule.active ? null : <Badge variant="outline">Off</Badge>}
                  </TableCell>
                  <TableCell className="min-w-56">
                    {rule.lastCheckedAt ? (
                      <>
                        {rule.lastOutcome}
                        <span className="block text-muted-foreground text-xs">
                          <Time at={rule.lastCheckedAt} zone={workspace.timeZone} />
                        </span>
                      </>
                    ) : (
                      <span className="text-muted-foreground">Not checked yet</span>
                    )}
                  </TableCell>
                  <TableCell numeric>
                    <Money amount={rule.floor} currency={rule.currency} />
                  </TableCell>
                  <TableCell numeric>
                    <Money amount={rule.price} currency={rule.currency} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      {changes.items.length > 0 || cursor ? (
        <section aria-labelledby="changes" className="mt-8 grid grid-cols-1 gap-3">
          <h2 id="changes" className="font-semibold text-base">
            Changes of prices
          </h2>
          <Card>
            <Table label="Changes of prices">
              <TableHeader>
                <TableRow>
                  <TableHead>When</TableHead>
                  <TableHead>Product</TableHead>
                  <TableHead>Why</TableHead>
                  <TableHead>State</TableHead>
                  <TableHead numeric>From</TableHead>
                  <TableHead numeric>To</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {changes.items.map((change) => (
                  <TableRow key={change.id}>
                    <TableCell className="whitespace-nowrap">
                      <Time at={change.createdAt} zone={workspace.timeZone} />
                    </TableCell>
                    <TableCell className="min-w-40">
                      <span className="wrap-anywhere" dir="auto">
                        {change.productTitle}
                      </span>
                      <span className="block text-muted-foreground text-xs">{change.connectionName}</span>
                    </TableCell>
                    <TableCell className="min-w-56">
                      {change.reason}
                      {change.problem ? (
                        <span className="block text-destructive text-xs">{change.problem}</span>
                      ) : null}
                    </TableCell>
                    <TableCell>
                      <ChangeState state={change.state} />
                    </TableCell>
                    <TableCell numeric>
                      <Money amount={change.fromPrice} currency={change.currency} />
                    </TableCell>
                    <TableCell numeric>
                      <Money amount={change.toPrice} currency={change.currency} />
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </Card>
        </section>
      ) : null}
      <CursorPages path="/pricing-rules" params={{}} cursor={cursor} nextCursor={changes.nextCursor} />
    </>
  );
}
