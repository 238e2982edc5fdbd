import type { useTranslations } from 'next-intl';

/** A transaction in words. A fee is booked under the platform's own name for it: "transaction" is a "Transaction fee". */
export function described(
  { kind, description: { text } }: { kind: string; description: { text: string } },
  t: ReturnType<typeof useTranslations<'ledger'>>,
): string {
  if (kind !== 'fee') return text;
  const [name = '', ...rest] = text.split(', ');
  const words = name.replaceAll('_', ' ');
  const fee = /fee/i.test(words) ? words : t('fee', { name: words });
  return [fee.charAt(0).toUpperCase() + fee.slice(1), ...rest].join(', ');
}
