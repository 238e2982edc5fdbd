'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Plan, PlanAccount } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/native-select';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { toast } from '@/components/ui/toast';
import { clock } from '@/components/ui/weekdays';

/** What can be done with one slot: another topic, or away with it. Open from the start, because it is fetched when it is asked for. */
export function SlotEditor({
  slot,
  day,
  topics,
  account,
  trigger,
}: {
  slot: PlanAccount['slots'][number];
  day: string;
  topics: Plan['topics'];
  account: PlanAccount;
  trigger: ReactElement;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const settled = {
    onError: (error: unknown) => toast.error(readAppError(error).message),
    onSettled: () => void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() }),
  };
  const add = useMutation(trpc.planning.addSlots.mutationOptions(settled));
  const remove = useMutation(
    trpc.planning.removeSlots.mutationOptions({
      ...settled,
      onSuccess: (removed) =>
        toast(`${day} ${clock(slot.minute)} is no slot any more.`, {
          description: 'What was scheduled for it stays scheduled.',
          action: {
            label: 'Undo',
            onClick: () =>
              add.mutate({
                connectionId: account.id,
                slots: removed.map(({ weekday, minute, topicId }) => ({ weekday, minute, topicId })),
              }),
          },
        }),
    }),
  );
  const change = useMutation(trpc.planning.changeSlot.mutationOptions(settled));
  return (
    <Popover defaultOpen>
      <PopoverTrigger asChild>{trigger}</PopoverTrigger>
      <PopoverContent
        aria-label={`${day} ${clock(slot.minute)}`}
        align="start"
        className="grid w-64! gap-3 p-3!"
      >
        <p className="font-medium">
          {day} {clock(slot.minute)}
        </p>
        <Field label="Topic">
          <NativeSelect
            value={slot.topicId ?? ''}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ id: slot.id, topicId: event.target.value || null })}
          >
            <option value="">Any topic</option>
            {topics.map((t) => (
              <option key={t.id} value={t.id}>
                {t.name}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <Button
          variant="outline"
          size="sm"
          loading={remove.isPending}
          onClick={() => remove.mutate({ ids: [slot.id] })}
        >
          <X aria-hidden /> Remove slot
        </Button>
      </PopoverContent>
    </Popover>
  );
}
