import { useLocale } from 'next-intl';
import { intlTag } from '@/i18n/locales';
import { type Money as Amount, formatMoney } from '@/server/foundation/money';
import { cn } from './cn';

type Props = {
  /** `signed` adds a plus sign to income. */
  signed?: boolean;
  /** Colours income and expenses. The sign shows the same. */
  coloured?: boolean;
  className?: string;
} & (
  | { value: Amount; amount?: never; currency?: never }
  | { value?: never; amount: number; currency: string }
);

/** An amount with its currency, in digits of equal width. Takes minor units: 1234 USD is $12.34. */
export function Money({ value, amount, currency, signed = false, coloured = false, className }: Props) {
  const locale = useLocale();
  const shown: Amount = value ?? { amount: amount ?? 0, currency: currency ?? 'USD' };
  const text = formatMoney(shown, intlTag(locale, 'money'));
  return (
    <span
      data-slot="money"
      className={cn(
        'tabular whitespace-nowrap',
        coloured && shown.amount > 0 && 'text-positive',
        coloured && shown.amount < 0 && 'text-destructive',
        className,
      )}
    >
      {signed && shown.amount > 0 ? `+${text}` : text}
    </span>
  );
}
