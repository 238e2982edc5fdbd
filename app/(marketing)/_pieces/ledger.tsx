import { useLocale, useTranslations } from 'next-intl';
import { Money } from '@/components/ui/money';
import { dayOfJuly } from './july';
import { Piece } from './piece';

/** One order as the ledger books it. The net is computed from the lines above it. */
const LINES = [
  { what: 'sale', account: 'sales', amount: 1200 },
  { what: 'transactionFee', account: 'fees', amount: -78 },
  { what: 'processing', account: 'fees', amount: -61 },
  { what: 'renewal', account: 'fees', amount: -20 },
] as const;
const NET = LINES.reduce((sum, line) => sum + line.amount, 0);

export function LedgerPiece() {
  const t = useTranslations('marketing.pieces.ledger');
  return (
    <Piece title={t('title')} aside={dayOfJuly(14, useLocale())} caption={t('caption')}>
      <table className="w-full">
        <caption className="sr-only">{t('table')}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t('what')}</th>
            <th scope="col">{t('account')}</th>
            <th scope="col">{t('amount')}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-border">
          {LINES.map(({ what, account, amount }) => (
            <tr key={what}>
              <td className="px-4 py-2.5">{t(what)}</td>
              <td className="px-2 py-2.5 text-muted-foreground max-sm:hidden">{t(account)}</td>
              <td className="px-4 py-2.5 text-right">
                <Money amount={amount} currency="USD" signed />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-border border-t bg-muted/50 font-semibold">
            <td className="px-4 py-2.5">{t('left')}</td>
            <td className="max-sm:hidden" />
            <td className="px-4 py-2.5 text-right">
              <Money amount={NET} currency="USD" />
            </td>
          </tr>
        </tfoot>
      </table>
    </Piece>
  );
}
