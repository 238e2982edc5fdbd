'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { DayChoice } from '@/components/forms/day-choice';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Plan } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { toast } from '@/components/ui/toast';
import { minuteOf } from '@/components/ui/weekdays';

/** One time on several days at once. */
export function AddSlots({ connectionId, topics }: { connectionId: string; topics: Plan['topics'] }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [time, setTime] = useState('');
  const [days, setDays] = useState<number[]>([1, 2, 3, 4, 5]);
  const [topicId, setTopicId] = useState('');
  const [wrong, setWrong] = useState<Record<string, string>>({});
  // What is typed while a slot is being added stays.
  const sent = useRef('');
  const add = useMutation(
    trpc.planning.addSlots.mutationOptions({
      onSuccess: ({ added }) => {
        toast(
          added === 0
            ? 'These slots were there already.'
            : `Added ${added} ${added === 1 ? 'slot' : 'slots'}.`,
        );
        setTime((now) => (now === sent.current ? '' : now));
      },
      onError: (error) => toast.error(readAppError(error).message),
      onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const minute = minuteOf(time);
    const next: Record<string, string> = {};
    if (minute === null) next.time = 'Choose a time.';
    if (days.length === 0) next.days = 'Choose at least one day.';
    setWrong(next);
    if (minute === null || days.length === 0) return;
    sent.current = time;
    add.mutate({
      connectionId,
      slots: days.map((weekday) => ({ weekday, minute, topicId: topicId || null })),
    });
  };
  return (
    <Card>
      <CardContent>
        <form onSubmit={submit} noValidate className="grid gap-4">
          <h2 className="font-semibold text-sm">Add slots</h2>
          <div className="flex flex-wrap items-start gap-4">
            <Field label="Time" error={wrong.time} className="w-36">
              <Input
                type="time"
                className="tabular"
                value={time}
                onChange={(event) => setTime(event.target.value)}
              />
            </Field>
            <Field label="Topic" className="w-48">
              <NativeSelect value={topicId} onChange={(event) => setTopicId(event.target.value)}>
                <option value="">Any topic</option>
                {topics.map((topic) => (
                  <option key={topic.id} value={topic.id}>
                    {topic.name}
                  </option>
                ))}
              </NativeSelect>
            </Field>
            <DayChoice legend="Days" value={days} onChange={setDays} error={wrong.days} />
          </div>
          <Button type="submit" variant="outline" className="w-fit" loading={add.isPending}>
            <Plus aria-hidden /> Add
          </Button>
        </form>
      </CardContent>
    </Card>
  );
}
