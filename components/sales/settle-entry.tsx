'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type FormEvent, useId, useState } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { toast } from '@/components/ui/toast';
import type { ENTRY_MEANINGS } from '@/db/schema/states';

type Meaning = (typeof ENTRY_MEANINGS)[number];

/** Attributes an account entry to an order, or leaves it unattributed. An entry without an amount can only be left. */
export function SettleEntry({
  id,
  meaning,
  meanings,
  bookable,
}: {
  id: string;
  meaning: Meaning | null;
  /** What it can be attributed as. */
  meanings: readonly Meaning[];
  bookable: boolean;
}) {
  const t = useTranslations('sales.entries');
  const trpc = useTRPC();
  const router = useRouter();
  const kind = useId();
  const { report, clear } = useAppError();
  const [as, setAs] = useState<Meaning>(meaning ?? 'fee');
  const [order, setOrder] = useState('');
  const onError = (error: unknown) => {
    report(error);
  };
  const done = (words: string) => () => {
    toast.success(words);
    router.refresh();
  };
  const attribute = useMutation(
    trpc.sales.attributeEntry.mutationOptions({ onMutate: clear, onError, onSuccess: done(t('attributed')) }),
  );
  const leave = useMutation(
    trpc.sales.understandEntry.mutationOptions({ onMutate: clear, onError, onSuccess: done(t('left')) }),
  );
  const busy = attribute.isPending || leave.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attribute.mutate({ id, as, ...(order.trim() ? { order: order.trim() } : {}) });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      {bookable ? (
        <>
          <Field label={t('as')} id={kind}>
            <NativeSelect
              value={as}
              onChange={(event) => {
                const chosen = meanings.find((value) => value === event.target.value);
                if (chosen) setAs(chosen);
              }}
            >
              {meanings.map((value) => (
                <option key={value} value={value}>
                  {t(`meaning.${value}`)}
                </option>
              ))}
            </NativeSelect>
          </Field>
          <Field label={t('order')} optional={as !== 'refund' && as !== 'payment'}>
            <Input value={order} maxLength={100} onChange={(event) => setOrder(event.target.value)} />
          </Field>
          <Button type="submit" loading={attribute.isPending} disabled={busy}>
            {t('attribute')}
          </Button>
        </>
      ) : null}
      <Button
        type="button"
        variant="outline"
        loading={leave.isPending}
        disabled={busy}
        onClick={() => leave.mutate({ id })}
      >
        {t('understand')}
      </Button>
    </form>
  );
}
