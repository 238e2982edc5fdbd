import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { Time } from '@/components/ui/time';
import type { UnreadEvent } from '@/server/domains/billing/unread-events';

function why({ reason, fields }: UnreadEvent): string {
  if (reason === 'no_json') return 'It is no JSON.';
  if (reason === 'readable_now') return 'It can be read by now. Send it again from Stripe.';
  return `Not as we know it: ${fields.map((field) => field || 'the whole event').join(', ')}`;
}

/** Payment events that nobody could read, for operators: an event is about money that may be missing here. */
export function UnreadEvents({ events, zone }: { events: UnreadEvent[]; zone: string }) {
  return (
    <section className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-3" aria-labelledby="unread-events">
      <div className="grid gap-1">
        <h2 id="unread-events" className="font-medium text-base">
          Payment events that could not be read
        </h2>
        <p className="max-w-prose text-muted-foreground text-sm">
          Stripe signed them, and they are in a form that this version does not know. Nothing was booked for
          them. After an update, send them again from Stripe.
        </p>
      </div>
      <DataTable
        label="Payment events that could not be read"
        rows={events}
        rowKey={(event) => event.key}
        columns={[
          {
            head: 'Event',
            cell: (event) => (
              <>
                {event.type}
                <p className="wrap-anywhere text-muted-foreground text-xs">{event.id ?? 'No id'}</p>
                <PhoneLine>
                  <Time at={event.receivedAt} zone={zone} />
                </PhoneLine>
              </>
            ),
          },
          { head: 'Why', className: 'wrap-anywhere', cell: why },
          {
            head: 'Received',
            wide: true,
            className: 'whitespace-nowrap',
            cell: (event) => <Time at={event.receivedAt} zone={zone} />,
          },
        ]}
      />
    </section>
  );
}
