import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isTrpcNotFound } from '@/components/trpc/not-found';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';

import { described } from '../words';

export const metadata: Metadata = { title: 'Transaction' };

export default async function TransactionPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const caller = await api();
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
        title={<span dir="auto">{described(transaction)}</span>}
        description={<Time at={transaction.occurredAt} zone={workspace.timeZone} showZone />}
        back={{ href: '/ledger', label: 'Ledger' }}
      />
      {transaction.reversedById || transaction.reversesId ? (
        <Alert
          className="mb-4"
          variant="info"
          title={transaction.reversedById ? 'This was reversed.' : 'This reverses another transaction.'}
          action={
            <Link
              className="inline-flex min-h-6 items-center text-accent hover:underline"
              href={`/ledger/${transaction.reversedById ?? transaction.reversesId}`}
            >
              Open it
            </Link>
          }
        />
      ) : null}
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card className="self-start">
          <CardHeader>
            <CardTitle>Postings</CardTitle>
          </CardHeader>
          <Table label="Postings" className="mt-2">
            <TableHeader>
              <TableRow>
                <TableHead>Account</TableHead>
                <TableHead numeric>Debit</TableHead>
                <TableHead numeric>Credit</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {transaction.postings.map((posting) => (
                <TableRow key={posting.line}>
                  <TableCell>
                    {posting.accountName}
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
            <CardTitle>Where it comes from</CardTitle>
          </CardHeader>
          <CardContent>
            <dl className="grid grid-cols-1 gap-3">
              <Fact label="Source">
                {source.href ? (
                  <Link
                    href={source.href}
                    className="inline-flex min-h-6 items-center text-accent hover:underline"
                  >
                    {source.title}
                  </Link>
                ) : (
                  source.title
                )}
              </Fact>
              {source.facts.map((fact) => (
                <Fact key={`${fact.label}${fact.value}`} label={fact.label}>
                  {fact.value}
                </Fact>
              ))}
              <Fact label="Booked">
                <Time at={transaction.createdAt} zone={workspace.timeZone} showZone />
              </Fact>
              <Fact label="Key">
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
