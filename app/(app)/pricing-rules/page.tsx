import type { inferRouterOutputs } from '@trpc/server';
import { Tags } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';
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
import { titled } from '@/components/words/titled';
import { id } from '@/server/foundation/inputs';
import type { AppRouter } from '@/server/trpc/root';

export const generateMetadata = titled('pricingRules');

export default async function PricingRulesPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query, t] = await Promise.all([api(), searchParams, getTranslations('pricing.list')]);
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
        title={t('title')}
        description={
          rules.allowed === null
            ? t('description')
            : t('descriptionOfPlan', { used: rules.used, allowed: rules.allowed })
        }
        action={
          <Button asChild variant="outline">
            <Link href="/listings">{t('choose')}</Link>
          </Button>
        }
      />
      {rules.items.length === 0 && !rulesCursor ? (
        <EmptyState
          icon={Tags}
          title={t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild>
              <Link href="/products">{t('empty.openProducts')}</Link>
            </Button>
          }
        />
      ) : (
        <>
          <DataTable
            label={t('rules.label')}
            rows={rules.items}
            rowKey={(rule) => rule.id}
            columns={[
              {
                head: t('rules.product'),
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
              {
                head: t('rules.rule'),
                wide: true,
                className: 'min-w-56',
                cell: (rule) => <RuleText rule={rule} />,
              },
              {
                head: t('rules.lastCheck'),
                wide: true,
                className: 'min-w-56',
                cell: (rule) => <LastCheck rule={rule} zone={workspace.timeZone} />,
              },
              {
                head: t('rules.floor'),
                numeric: true,
                wide: true,
                cell: (rule) => <Money amount={rule.floor} currency={rule.currency} />,
              },
              {
                head: t('rules.price'),
                numeric: true,
                cell: (rule) => (
                  <>
                    <Money amount={rule.price} currency={rule.currency} />
                    <PhoneLine>
                      {t.rich('rules.notBelow', {
                        floor: () => <Money amount={rule.floor} currency={rule.currency} />,
                      })}
                    </PhoneLine>
                  </>
                ),
              },
            ]}
          />
          <CursorPages
            path="/pricing-rules"
            name="rules"
            label={t('rules.pages')}
            params={{ cursor }}
            cursor={rulesCursor}
            nextCursor={rules.nextCursor}
          />
        </>
      )}
      {changes.items.length > 0 || cursor ? (
        <section aria-labelledby="changes" className="mt-8 grid grid-cols-1 gap-3">
          <h2 id="changes" className="font-semibold text-base">
            {t('changes.title')}
          </h2>
          <DataTable
            label={t('changes.title')}
            rows={changes.items}
            rowKey={(change) => change.id}
            columns={[
              {
                head: t('changes.when'),
                wide: true,
                className: 'whitespace-nowrap',
                cell: (change) => <Time at={change.createdAt} zone={workspace.timeZone} />,
              },
              {
                head: t('changes.product'),
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
              {
                head: t('changes.why'),
                wide: true,
                className: 'min-w-56',
                cell: (change) => <Why change={change} />,
              },
              {
                head: t('changes.state'),
                wide: true,
                cell: (change) => <ChangeState state={change.state} />,
              },
              {
                head: t('changes.from'),
                numeric: true,
                wide: true,
                cell: (change) => <Money amount={change.fromPrice} currency={change.currency} />,
              },
              {
                head: t('changes.to'),
                numeric: true,
                cell: (change) => (
                  <>
                    <Money amount={change.toPrice} currency={change.currency} />
                    <PhoneLine>
                      {t.rich('changes.fromPrice', {
                        price: () => <Money amount={change.fromPrice} currency={change.currency} />,
                      })}
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
  const t = useTranslations('pricing.list.rules');
  return (
    <>
      {t('text', {
        views: rule.minViews,
        hours: rule.windowHours,
        step: rule.stepBasisPoints / 100,
        pause: rule.cooldownHours,
      })}{' '}
      {rule.active ? null : <Badge variant="outline">{t('off')}</Badge>}
    </>
  );
}

function LastCheck({ rule, zone }: { rule: Pricing['rules']['items'][number]; zone: string }) {
  const t = useTranslations('pricing.list.rules');
  if (!rule.lastCheckedAt) return <span className="text-muted-foreground">{t('notChecked')}</span>;
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
