'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { intlTag } from '@/i18n/locales';
import { formatMoney, money, toDecimal } from '@/server/foundation/money';

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
  /** A change is in progress. */
  busy: boolean;
}) {
  const t = useTranslations('pricing.priceForm');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const change = useMutation(trpc.pricing.changePrice.mutationOptions());
  const form = useAppForm({
    now: { text: toDecimal(money(price, currency)) },
    schema: () => import('./price-schema').then((m) => m.priceSchema(currency)),
    send: (input) => change.mutateAsync({ listingId, ...input }),
    onSaved: () => router.refresh(),
  });
  const { text } = form.value;
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-2">
      <Field
        label={t('label', { currency })}
        error={form.fields.price ?? form.message}
        help={t('help', { floor: formatMoney(money(floor, currency), intlTag(locale, 'money')) })}
      >
        <Input
          name="price"
          inputMode="decimal"
          value={text}
          onChange={(event) => form.set({ text: event.target.value })}
        />
      </Field>
      <div>
        <Button type="submit" variant="outline" size="sm" loading={form.saving || busy}>
          {busy ? t('changing') : t('submit')}
        </Button>
      </div>
    </form>
  );
}
