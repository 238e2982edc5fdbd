'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
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

/** Changes the topic of a slot or removes it. Initially open, because it is loaded when the user opens it. */
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
  const t = useTranslations('queue.slots');
  const named = { day, time: clock(slot.minute) };
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
        toast(t('removed', named), {
          description: t('staysScheduled'),
          action: {
            label: t('undo'),
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
      <PopoverContent aria-label={t('name', named)} align="start" className="grid w-64! gap-3 p-3!">
        <p className="font-medium">{t('name', named)}</p>
        <Field label={t('topic')}>
          <NativeSelect
            value={slot.topicId ?? ''}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ id: slot.id, topicId: event.target.value || null })}
          >
            <option value="">{t('anyTopic')}</option>
            {topics.map((topic) => (
              <option key={topic.id} value={topic.id}>
                {topic.name.text}
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
          <X aria-hidden /> {t('remove')}
        </Button>
      </PopoverContent>
    </Popover>
  );
}
