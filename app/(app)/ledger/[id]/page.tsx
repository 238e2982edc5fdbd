import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { titled } from '@/components/words/titled';

export const generateMetadata = titled('transaction');

export default async function TransactionPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const [caller, t] = await Promise.all([api(), getTranslations('ledger')]);
  const [transaction, workspace] = await Promise.all([
    caller.ledger.get({ id }).catch((error: unknown) => {
      if (isTrpcNotFound(error)) notFound();
      throw error;
    }),
    caller.workspace.get(),
  ]);
  const { source } = transaction;
  return (
    <>
      <PageHeader
        title={transaction.description.text}
        description={<Time at={transaction.occurredAt} zone={workspace.timeZone} showZone />}
        back={{ href: '/ledger', label: t('transaction.back') }}
      />
      {transaction.reversedById || transaction.reversesId ? (
        <Alert
          className="mb-4"
          variant="info"
          title={
            transaction.reversedById
              ? t('transaction.reversed')
              : transaction.reversesPartly
                ? t('transaction.reversesPartly')
                : t('transaction.reverses')
          }
          action={
            <Link
              className="inline-flex min-h-6 items-center text-accent hover:underline"
              href={`/ledger/${transaction.reversedById ?? transaction.reversesId}`}
            >
              {t('transaction.openOther')}
            </Link>
          }
        />
      ) : null}
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card className="self-start">
          <CardHeader>
            <CardTitle>{t('transaction.postings')}</CardTitle>
          </CardHeader>
          <Table label={t('transaction.postings')} className="mt-2">
            <TableHeader>
              <TableRow>
                <TableHead>{t('transaction.account')}</TableHead>
                <TableHead numeric>{t('transaction.debit')}</TableHead>
                <TableHead numeric>{t('transaction.credit')}</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {transaction.postings.map((posting) => (
                <TableRow key={posting.line}>
                  <TableCell>
                    {posting.accountName.text}
                    {posting.subject ? (
                      <span className="block text-muted-foreground text-xs">{posting.subject}</span>
                    ) : null}
                  </TableCell>
                  <TableCell numeric>
                    {posting.amount > 0 ? (
                      <Money amount={posting.amount} currency={posting.currency} />
                    ) : null}
                  </TableCell>
                  <TableCell numeric>
                    {posting.amount < 0 ? (
                      <Money amount={-posting.amount} currency={posting.currency} />
                    ) : null}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
        <Card className="self-start">
          <CardHeader>
            <CardTitle>{t('transaction.origin')}</CardTitle>
          </CardHeader>
          <CardContent>
            <dl className="grid grid-cols-1 gap-3">
              <Fact label={t('transaction.source')}>
                {source.href ? (
                  <Link
                    href={source.href}
                    className="inline-flex min-h-6 items-center text-accent hover:underline"
                  >
                    {source.title.text}
                  </Link>
                ) : (
                  source.title.text
                )}
              </Fact>
              {source.facts.map((fact) => (
                <Fact key={fact.label.text} label={fact.label.text}>
                  {'amount' in fact.value ? <Money value={fact.value} /> : fact.value.text}
                </Fact>
              ))}
              <Fact label={t('transaction.booked')}>
                <Time at={transaction.createdAt} zone={workspace.timeZone} showZone />
              </Fact>
              <Fact label={t('transaction.key')}>
                <code className="wrap-anywhere font-mono text-xs">{transaction.key}</code>
              </Fact>
            </dl>
          </CardContent>
        </Card>
      </div>
    </>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-0.5">
      <dt className="text-muted-foreground text-xs">{label}</dt>
      <dd className="wrap-anywhere" dir="auto">
        {children}
      </dd>
    </div>
  );
}
