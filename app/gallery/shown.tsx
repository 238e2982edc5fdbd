import { PenLine } from 'lucide-react';
import { PublicationState } from '@/components/publications/publication-state';
import { Logo } from '@/components/shell/logo';
import { Avatar } from '@/components/ui/avatar';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import {
  Card,
  CardAction,
  CardContent,
  CardDescription,
  CardFooter,
  CardHeader,
  CardTitle,
} from '@/components/ui/card';
import { Kbd } from '@/components/ui/kbd';
import { Money } from '@/components/ui/money';
import { PageHeader } from '@/components/ui/page-header';
import { Pagination } from '@/components/ui/pagination';
import { Separator } from '@/components/ui/separator';
import { Stat } from '@/components/ui/stat';
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { PUBLICATION_STATES } from '@/db/schema/states';
import { Line, Sample } from './sample';

const AT = '2026-07-14T16:45:00Z';
const ROWS = [
  { what: 'Weekly planner', amount: 1_200, currency: 'USD' },
  {
    what: 'A title of sixty characters that has to be cut somewhere, so',
    amount: 123_456_789_012,
    currency: 'EUR',
  },
  { what: 'مخطط أسبوعي', amount: -35_000, currency: 'JPY' },
] as const;

/** Samples of the components that display data. */
export function DisplaySamples({ name }: { name: string }) {
  return (
    <>
      <Sample name="badge, publication-state">
        <Line>
          {(['default', 'secondary', 'outline', 'accent', 'positive', 'warning', 'destructive'] as const).map(
            (variant) => (
              <Badge key={variant} variant={variant}>
                {variant}
              </Badge>
            ),
          )}
        </Line>
        <Line>
          {PUBLICATION_STATES.map((state) => (
            <PublicationState key={state} state={state} />
          ))}
        </Line>
      </Sample>
      <Sample name="page-header">
        <PageHeader
          level="h4"
          title="Weekly planner"
          description="A digital product, listed on one shop."
          back={{ href: '#main', label: 'Products' }}
          badge={<Badge variant="positive">Active</Badge>}
          actions={<Button variant="outline">Archive</Button>}
          action={
            <Button>
              <PenLine aria-hidden />
              Change price
            </Button>
          }
          className="mb-0!"
        />
      </Sample>
      <Sample name="card, stat, money, time">
        <Card>
          <CardHeader>
            <CardTitle as="h4">Etsy</CardTitle>
            <CardDescription>PaperRiver, connected in June</CardDescription>
            <CardAction>
              <Button size="sm" variant="outline">
                Check
              </Button>
            </CardAction>
          </CardHeader>
          <CardContent>Sales are read every hour.</CardContent>
          <CardFooter>
            <span className="text-muted-foreground">Last read</span>
            <Time at={AT} zone="Asia/Kathmandu" showZone />
          </CardFooter>
        </Card>
        <div className="grid gap-3 sm:grid-cols-3">
          <Stat
            label="Sales"
            value={<Money amount={48_600} currency="USD" />}
            hint="41 orders"
            href="#main"
          />
          <Stat label="Platform fees" value={<Money amount={-6_430} currency="USD" />} />
          <Stat label="Left for you" value={<Money amount={42_170} currency="USD" coloured signed />} />
        </div>
        <Line>
          <Money amount={1_234_567} currency="EUR" />
          <Money amount={-900} currency="JPY" coloured />
          <Money amount={12_345} currency="KWD" signed />
          <Separator orientation="vertical" />
          <Time at={AT} zone="Europe/Berlin" style="date" />
          <Time at={AT} zone="Europe/Berlin" style="day" />
          <Time at={AT} zone="Europe/Berlin" style="time" showZone />
        </Line>
      </Sample>
      <Sample name="table, pagination">
        <div className="rounded-lg border border-border bg-card">
          <Table label={`Sales, ${name}`}>
            <TableHeader>
              <TableRow>
                <TableHead>Item</TableHead>
                <TableHead>Sold</TableHead>
                <TableHead numeric>Amount</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {ROWS.map((row) => (
                <TableRow key={row.what}>
                  <TableCell className="max-w-52 truncate" dir="auto">
                    {row.what}
                  </TableCell>
                  <TableCell>
                    <Time at={AT} zone="UTC" style="date" />
                  </TableCell>
                  <TableCell numeric>
                    <Money amount={row.amount} currency={row.currency} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
            <TableFooter>
              <TableRow>
                <TableCell colSpan={2}>Three currencies are never added together.</TableCell>
                <TableCell numeric />
              </TableRow>
            </TableFooter>
          </Table>
        </div>
        <Pagination label={`Pages, ${name}`} summary="1–3 of 340" next={{ href: '#main' }} />
      </Sample>
      <Sample name="avatar, kbd, separator, logo">
        <Line>
          <Avatar name="Ada Lovelace" size="sm" />
          <Avatar name="Ada Lovelace" />
          <Avatar name="Grace" size="lg" />
          <Separator orientation="vertical" />
          <span>
            <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
          </span>
          <Separator orientation="vertical" />
          <Logo />
        </Line>
        <Separator />
      </Sample>
    </>
  );
}
