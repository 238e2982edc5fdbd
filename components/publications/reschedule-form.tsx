'use client';

import { useTranslations } from 'next-intl';
import { useAppForm } from '@/components/forms/use-app-form';
import { ScheduleWarnings, useWarningCount } from '@/components/preflight/schedule-warnings';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** Reschedules a publication and shows the warnings for the new time. */
export function RescheduleForm({
  publication: p,
  zone,
  suggestion,
  send,
}: {
  publication: PublicationItem;
  zone: string;
  /** A free time that the server suggested when it refused the last one. */
  suggestion: string | null;
  /** Reschedules it; the row shows any error. */
  send: (local: string) => Promise<unknown>;
}) {
  const t = useTranslations('publications');
  const form = useAppForm({
    now: { local: p.localTime },
    schema: () => import('./reschedule-schema').then((m) => m.rescheduleSchema(t)),
    send: ({ local }) => send(local),
  });
  const { local } = form.value;
  const warnings = useWarningCount();
  return (
    <form noValidate className="flex flex-wrap items-end gap-3" onSubmit={form.submit}>
      <Field
        label={t('move.when')}
        help={t('move.zone', { zone: zone.replaceAll('_', ' ') })}
        error={form.fields.local}
        className="min-w-60"
      >
        <Input
          name="local"
          type="datetime-local"
          value={local}
          onChange={(event) => form.set({ local: event.target.value })}
        />
      </Field>
      <div className="flex gap-2 pb-6.5">
        <Button type="submit" loading={form.saving}>
          {warnings.count > 0 ? t('move.anyway') : t('move.move')}
        </Button>
        {suggestion !== null ? (
          <Button variant="outline" onClick={() => form.set({ local: suggestion })}>
            {t('move.use', { time: suggestion.replace('T', ' ') })}
          </Button>
        ) : null}
      </div>
      <div className="basis-full empty:hidden">
        <ScheduleWarnings
          request={{
            texts: [
              {
                platform: p.platform,
                text: p.text,
                link: p.link,
                parts: p.parts,
                media: p.media.map(({ fileId, alt }) => ({ fileId, alt })),
              },
            ],
            targets: [{ connectionId: p.connectionId }],
            local,
            moving: [p.id],
          }}
          onUse={(next) => form.set({ local: next })}
          onCount={warnings.onCount}
        />
      </div>
    </form>
  );
}
