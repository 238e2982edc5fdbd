'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type FormEvent, useId, useRef, useState } from 'react';
import { readAppError, useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { toast } from '@/components/ui/toast';
import type { ENTRY_MEANINGS } from '@/db/schema/states';

type Meaning = (typeof ENTRY_MEANINGS)[number];

/** Takes back what was done with an entry. */
function useTakeBack() {
  const t = useTranslations('sales.entries');
  const trpc = useTRPC();
  const router = useRouter();
  return useMutation(
    trpc.sales.takeBackEntry.mutationOptions({
      onError: (error) => toast.error(readAppError(error).message),
      onSuccess: () => {
        toast.success(t('takenBack'));
        router.refresh();
      },
    }),
  );
}

/** Takes back the attribution of an entry, or that it was left unattributed. */
export function TakeBackEntry({ id }: { id: string }) {
  const t = useTranslations('sales.entries');
  const takeBack = useTakeBack();
  return (
    <Button
      variant="outline"
      size="sm"
      loading={takeBack.isPending}
      disabled={takeBack.isSuccess}
      onClick={() => takeBack.mutate({ id })}
    >
      {t('takeBack')}
    </Button>
  );
}

/** Attributes an account entry to an order, or leaves it unattributed. An entry without an amount can only be left. */
export function SettleEntry({
  id,
  meaning,
  meanings,
  bookable,
}: {
  id: string;
  /** What the platform says it is. */
  meaning: Meaning | null;
  /** What it can be attributed as. */
  meanings: readonly Meaning[];
  bookable: boolean;
}) {
  const t = useTranslations('sales.entries');
  const trpc = useTRPC();
  const router = useRouter();
  const ids = useId();
  const form = useRef<HTMLFormElement>(null);
  const { fields, message, report, clear } = useAppError({ toast: false });
  const [as, setAs] = useState<Meaning | null>(meaning);
  const [missing, setMissing] = useState(false);
  const [order, setOrder] = useState('');
  const takeBack = useTakeBack();
  const focus = (name: string) => form.current?.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
  const onMutate = () => {
    clear();
    setMissing(false);
  };
  const onError = (error: unknown) => {
    if (report(error).fields.order) focus('order');
  };
  const done = (words: string) => () => {
    toast.success(words, { action: { label: t('undo'), onClick: () => takeBack.mutate({ id }) } });
    router.refresh();
  };
  const attribute = useMutation(
    trpc.sales.attributeEntry.mutationOptions({ onMutate, onError, onSuccess: done(t('attributed')) }),
  );
  const leave = useMutation(
    trpc.sales.leaveEntry.mutationOptions({ onMutate, onError, onSuccess: done(t('left')) }),
  );
  const busy = attribute.isPending || leave.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!bookable) return;
    if (as) attribute.mutate({ id, as, ...(order.trim() ? { order: order.trim() } : {}) });
    else {
      clear();
      setMissing(true);
      focus('as');
    }
  };
  return (
    <form ref={form} onSubmit={submit} noValidate className="grid gap-3">
      {bookable ? (
        <div className="grid items-start gap-2 sm:grid-cols-[12rem_minmax(0,16rem)]">
          <Field label={t('as')} id={`${ids}-as`} error={missing ? t('chooseFirst') : fields.as}>
            <NativeSelect
              name="as"
              value={as ?? ''}
              onChange={(event) => {
                const chosen = meanings.find((value) => value === event.target.value);
                if (!chosen) return;
                setAs(chosen);
                setMissing(false);
              }}
            >
              <option value="" disabled>
                {t('choose')}
              </option>
              {meanings.map((value) => (
                <option key={value} value={value}>
                  {t(`meaning.${value}`)}
                </option>
              ))}
            </NativeSelect>
          </Field>
          <Field
            label={t('order')}
            optional={as !== 'refund' && as !== 'payment'}
            error={fields.order}
            id={`${ids}-order`}
          >
            <Input
              name="order"
              value={order}
              maxLength={100}
              autoComplete="off"
              onChange={(event) => setOrder(event.target.value)}
            />
          </Field>
        </div>
      ) : null}
      {message && Object.keys(fields).length === 0 ? (
        <p role="alert" className="text-destructive text-sm">
          {message}
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {bookable ? (
          <Button type="submit" loading={attribute.isPending} disabled={busy}>
            {t('attribute')}
          </Button>
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
      </div>
    </form>
  );
}
