'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { useSavedForm } from '@/components/forms/use-saved-form';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { formatMoney, money, parseMoney, toDecimal } from '@/server/foundation/money';

/** Sets the price of one listing by hand. */
export function PriceForm({
  listingId,
  price,
  floor,
  currency,
  busy,
}: {
  listingId: string;
  price: number;
  floor: number;
  currency: string;
  /** A change is under way. */
  busy: boolean;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const form = useSavedForm({ text: toDecimal(money(price, currency)) });
  const { text } = form.value;
  const [own, setOwn] = useState<string | undefined>();
  const change = useMutation(
    trpc.pricing.changePrice.mutationOptions({
      onMutate: form.begin,
      onError: form.fail,
      onSuccess: () => {
        form.done();
        router.refresh();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    try {
      const { amount } = parseMoney(text, currency);
      setOwn(undefined);
      change.mutate({ listingId, price: amount });
    } catch (error) {
      setOwn(error instanceof RangeError ? error.message : 'Write an amount such as 12.34.');
    }
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-2">
      <Field
        label={`Price in ${currency}`}
        error={own ?? form.fields.price ?? form.message}
        help={`At least ${formatMoney(money(floor, currency))}.`}
      >
        <Input
          inputMode="decimal"
          value={text}
          onChange={(event) => form.set({ text: event.target.value })}
        />
      </Field>
      <div>
        <Button type="submit" variant="outline" size="sm" loading={change.isPending || busy}>
          {busy ? 'Changing' : 'Change price'}
        </Button>
      </div>
    </form>
  );
}
