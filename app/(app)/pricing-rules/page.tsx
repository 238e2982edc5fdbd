import type { inferRouterOutputs } from '@trpc/server';
import { Tags } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ChangeState } from '@/components/listings/listing-state';
import { Poll } from '@/components/live/poll';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { CursorPages } from '@/components/ui/cursor-pages';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { read, type SearchParams } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { id } from '@/server/foundation/inputs';
import type { AppRouter } from '@/server/trpc/root';

export const metadata: Metadata = { title: 'Pricing' };

export default async function PricingRulesPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query] = await Promise.all([api(), searchParams]);
  const [cursor, rulesCursor] = [read(id('priceChange'), query.cursor), read(id('priceRule'), query.rules)];
  const [rules, changes, workspace] = await Promise.all([
    caller.pricing.rules({ limit: 25, cursor: rulesCursor }),
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
      {rules.items.length === 0 && !rulesCursor ? (
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
        <>
          <DataTable
            label="Price rules"
            rows={rules.items}
            rowKey={(rule) => rule.id}
            columns={[
              {
                head: 'Product',
                className: 'min-w-32 align-top!',
                cell: (rule) => (
                  <>
                    <Link
                      href={`/products/${rule.productId}`}
                      className="wrap-anywhere inline-flex min-h-6 items-center font-medium hover:underline"
                      dir="auto"
                    >
                      {rule.productTitle}
                    </Link>
                    <span className="block text-muted-foreground text-xs">
                      <bdi>{rule.connectionName}</bdi>
                    </span>
                    <PhoneLine className="mt-1">
                      <RuleText rule={rule} />
                    </PhoneLine>
                    <PhoneLine className="mt-1">
                      <LastCheck rule={rule} zone={workspace.timeZone} />
                    </PhoneLine>
                  </>
                ),
              },
              { head: 'Rule', wide: true, className: 'min-w-56', cell: (rule) => <RuleText rule={rule} /> },
              {
                head: 'Last check',
                wide: true,
                className: 'min-w-56',
                cell: (rule) => <LastCheck rule={rule} zone={workspace.timeZone} />,
              },
              {
                head: 'Lowest price',
                numeric: true,
                wide: true,
                cell: (rule) => <Money amount={rule.floor} currency={rule.currency} />,
              },
              {
                head: 'Price',
                numeric: true,
                cell: (rule) => (
                  <>
                    <Money amount={rule.price} currency={rule.currency} />
                    <PhoneLine>
                      not below <Money amount={rule.floor} currency={rule.currency} />
                    </PhoneLine>
                  </>
                ),
              },
            ]}
          />
          <CursorPages
            path="/pricing-rules"
            name="rules"
            label="Pages of rules"
            params={{ cursor }}
            cursor={rulesCursor}
            nextCursor={rules.nextCursor}
          />
        </>
      )}
      {changes.items.length > 0 || cursor ? (
        <section aria-labelledby="changes" className="mt-8 grid grid-cols-1 gap-3">
          <h2 id="changes" className="font-semibold text-base">
            Changes of prices
          </h2>
          <DataTable
            label="Changes of prices"
            rows={changes.items}
            rowKey={(change) => change.id}
            columns={[
              {
                head: 'When',
                wide: true,
                className: 'whitespace-nowrap',
                cell: (change) => <Time at={change.createdAt} zone={workspace.timeZone} />,
              },
              {
                head: 'Product',
                className: 'min-w-32',
                cell: (change) => (
                  <>
                    <span className="wrap-anywhere" dir="auto">
                      {change.productTitle}
                    </span>
                    <span className="block text-muted-foreground text-xs">
                      <bdi>{change.connectionName}</bdi>
                    </span>
                    <PhoneLine className="mt-1">
                      <Time at={change.createdAt} zone={workspace.timeZone} />
                    </PhoneLine>
                    <PhoneLine className="mt-1">
                      <Why change={change} />
                    </PhoneLine>
                  </>
                ),
              },
              { head: 'Why', wide: true, className: 'min-w-56', cell: (change) => <Why change={change} /> },
              { head: 'State', wide: true, cell: (change) => <ChangeState state={change.state} /> },
              {
                head: 'From',
                numeric: true,
                wide: true,
                cell: (change) => <Money amount={change.fromPrice} currency={change.currency} />,
              },
              {
                head: 'To',
                numeric: true,
                cell: (change) => (
                  <>
                    <Money amount={change.toPrice} currency={change.currency} />
                    <PhoneLine>
                      from <Money amount={change.fromPrice} currency={change.currency} />
                    </PhoneLine>
                    <PhoneLine className="mt-1">
                      <ChangeState state={change.state} />
                    </PhoneLine>
                  </>
                ),
              },
            ]}
          />
        </section>
      ) : null}
      <CursorPages
        path="/pricing-rules"
        params={{ rules: rulesCursor }}
        cursor={cursor}
        nextCursor={changes.nextCursor}
      />
    </>
  );
}

type Pricing = inferRouterOutputs<AppRouter>['pricing'];

function RuleText({ rule }: { rule: Pricing['rules']['items'][number] }) {
  return (
    <>
      {rule.minViews} views and no sale in {rule.windowHours} hours: {rule.stepBasisPoints / 100} % less, at
      most every {rule.cooldownHours} hours. {rule.active ? null : <Badge variant="outline">Off</Badge>}
    </>
  );
}

function LastCheck({ rule, zone }: { rule: Pricing['rules']['items'][number]; zone: string }) {
  if (!rule.lastCheckedAt) return <span className="text-muted-foreground">Not checked yet</span>;
  return (
    <>
      {rule.lastOutcome?.text}
      <span className="block text-muted-foreground text-xs">
        <Time at={rule.lastCheckedAt} zone={zone} />
      </span>
    </>
  );
}

function Why({ change }: { change: Pricing['changes']['items'][number] }) {
  return (
    <>
      {change.reason.text}
      {change.problem ? <span className="block text-destructive text-xs">{change.problem.text}</span> : null}
    </>
  );
}
