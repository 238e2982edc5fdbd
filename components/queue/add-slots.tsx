'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { DayChoice } from '@/components/forms/day-choice';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import type { Plan } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { toast } from '@/components/ui/toast';

const EMPTY = { time: '', days: [1, 2, 3, 4, 5], topicId: '' };

/** Adds one time on several days. */
export function AddSlots({ connectionId, topics }: { connectionId: string; topics: Plan['topics'] }) {
  const t = useTranslations('queue');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const add = useMutation(
    trpc.planning.addSlots.mutationOptions({
      onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
    }),
  );
  const form = useAppForm({
    now: EMPTY,
    schema: () => import('./slots-schema').then((m) => m.slotsSchema(t)),
    send: (slots) => add.mutateAsync({ connectionId, slots }),
    // Anything else that is typed while slots are being added stays.
    answered: () => ({ time: '' }),
    onSaved: ({ answer: { added } }) => toast(t('add.added', { count: added })),
    onFailed: ({ message }) => toast.error(message),
  });
  const { time, days, topicId } = form.value;
  return (
    <Card>
      <CardContent>
        <form onSubmit={form.submit} noValidate className="grid gap-4">
          <h2 className="font-semibold text-sm">{t('add.title')}</h2>
          <div className="flex flex-wrap items-start gap-4">
            <Field label={t('add.time')} error={form.fields.time} className="w-36">
              <Input
                type="time"
                className="tabular"
                value={time}
                onChange={(event) => form.set({ time: event.target.value })}
              />
            </Field>
            <Field label={t('slots.topic')} className="w-48">
              <NativeSelect value={topicId} onChange={(event) => form.set({ topicId: event.target.value })}>
                <option value="">{t('slots.anyTopic')}</option>
                {topics.map((topic) => (
                  <option key={topic.id} value={topic.id}>
                    {topic.name.text}
                  </option>
                ))}
              </NativeSelect>
            </Field>
            <DayChoice
              legend={t('add.days')}
              value={days}
              onChange={(next) => form.set({ days: next })}
              error={form.fields.days}
            />
          </div>
          <Button type="submit" variant="outline" className="w-fit" loading={form.saving}>
            <Plus aria-hidden /> {t('add.action')}
          </Button>
        </form>
      </CardContent>
    </Card>
  );
}
