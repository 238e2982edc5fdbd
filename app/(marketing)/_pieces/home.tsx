import { CircleAlert, CircleCheck } from 'lucide-react';
import { PublicationState } from '@/components/publications/publication-state';
import { Badge } from '@/components/ui/badge';
import { Money } from '@/components/ui/money';

const GROSS = 48_600;
const FEES = 6_430;
const MONEY = [
  { label: 'Sales', amount: GROSS },
  { label: 'Platform fees', amount: -FEES },
  { label: 'Left for you', amount: GROSS - FEES },
] as const;

/** Home as it looks in the app, beside the first words of the landing page. */
export function HomePiece() {
  return (
    <figure className="m-0 min-w-0">
      <div className="grid grid-cols-1 gap-3 rounded-lg border border-border bg-muted/40 p-3 text-sm">
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">Money in July</p>
          <dl className="grid grid-cols-3 px-4 py-3">
            {MONEY.map(({ label, amount }) => (
              <div key={label}>
                <dt className="text-muted-foreground text-xs">{label}</dt>
                <dd className="font-semibold text-base tracking-tight sm:text-lg">
                  <Money amount={amount} currency="USD" />
                </dd>
              </div>
            ))}
          </dl>
        </div>
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">
            Waiting for you <span className="tabular ml-1 font-normal text-muted-foreground">1</span>
          </p>
          <div className="flex items-start gap-3 px-4 py-2.5">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">Five shortcuts I use every day</p>
              <p className="text-muted-foreground">Until Tue, 18:00</p>
            </div>
            <Badge variant="accent">Approve</Badge>
          </div>
        </div>
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">
            Goes out next <span className="tabular ml-1 font-normal text-muted-foreground">2</span>
          </p>
          <ul className="divide-y divide-border">
            {[
              { at: '18:45', what: 'Which template next?', where: 'X' },
              { at: '20:00', what: 'A planner for the school year', where: 'Facebook' },
            ].map(({ at, what, where }) => (
              <li key={at} className="flex items-center gap-3 px-4 py-2.5">
                <span className="tabular text-muted-foreground">{at}</span>
                <span className="min-w-0 flex-1 truncate">
                  <span className="font-medium">{what}</span>
                  <span className="text-muted-foreground"> · {where}</span>
                </span>
                <PublicationState state="scheduled" className="max-sm:hidden" />
              </li>
            ))}
          </ul>
        </div>
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">Connections</p>
          <ul className="grid gap-2 px-4 py-2.5 sm:grid-cols-3">
            {[
              { name: 'X', works: true },
              { name: 'Facebook', works: true },
              { name: 'Etsy', works: false },
            ].map(({ name, works }) => (
              <li key={name} className="flex items-center gap-1.5">
                {works ? (
                  <CircleCheck aria-hidden className="size-4 text-positive" strokeWidth={1.75} />
                ) : (
                  <CircleAlert aria-hidden className="size-4 text-destructive" strokeWidth={1.75} />
                )}
                {name}
                <span className="text-muted-foreground text-xs">{works ? 'works' : 'reconnect'}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
      <figcaption className="mt-2 text-muted-foreground text-xs">
        The Home page, with example data.
      </figcaption>
    </figure>
  );
}
