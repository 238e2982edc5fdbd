import { useTranslations } from 'next-intl';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { Time } from '@/components/ui/time';
import type { UnreadEvent } from '@/server/domains/billing/unread-events';

function Why({ event: { reason, fields } }: { event: UnreadEvent }) {
  const t = useTranslations('runs.unread');
  if (reason === 'no_json') return t('noJson');
  if (reason === 'readable_now') return t('readableNow');
  return t('unknownForm', { fields: fields.map((field) => field || t('wholeEvent')).join(', ') });
}

/** Payment events that could not be parsed, shown to operators because each may stand for money that is missing in the ledger. */
export function UnreadEvents({ events, zone }: { events: UnreadEvent[]; zone: string }) {
  const t = useTranslations('runs.unread');
  return (
    <section className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-3" aria-labelledby="unread-events">
      <div className="grid gap-1">
        <h2 id="unread-events" className="font-medium text-base">
          {t('title')}
        </h2>
        <p className="max-w-prose text-muted-foreground text-sm">{t('description')}</p>
      </div>
      <DataTable
        label={t('title')}
        rows={events}
        rowKey={(event) => event.key}
        columns={[
          {
            head: t('event'),
            cell: (event) => (
              <>
                {event.type}
                <p className="wrap-anywhere text-muted-foreground text-xs">{event.id ?? t('noId')}</p>
                <PhoneLine>
                  <Time at={event.receivedAt} zone={zone} />
                </PhoneLine>
              </>
            ),
          },
          { head: t('why'), className: 'wrap-anywhere', cell: (event) => <Why event={event} /> },
          {
            head: t('received'),
            wide: true,
            className: 'whitespace-nowrap',
            cell: (event) => <Time at={event.receivedAt} zone={zone} />,
          },
        ]}
      />
    </section>
  );
}
