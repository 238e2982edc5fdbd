import { Money } from '@/components/ui/money';
import { Piece } from './piece';

/** One order, as the ledger books it. The net is added up here from the lines above it. */
const LINES = [
  { what: 'Sale of “Weekly planner”', account: 'Sales', amount: 1200 },
  { what: 'Transaction fee, 6.5 %', account: 'Platform fees', amount: -78 },
  { what: 'Payment processing', account: 'Platform fees', amount: -61 },
  { what: 'Listing renewal', account: 'Platform fees', amount: -20 },
] as const;
const NET = LINES.reduce((sum, line) => sum + line.amount, 0);

export function LedgerPiece() {
  return (
    <Piece title="Order 3041, Etsy" aside="14 July" caption="One order in the ledger, with example data.">
      <table className="w-full">
        <caption className="sr-only">What one order earned, line by line</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Account</th>
            <th scope="col">Amount</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-border">
          {LINES.map(({ what, account, amount }) => (
            <tr key={what}>
              <td className="px-4 py-2.5">{what}</td>
              <td className="px-2 py-2.5 text-muted-foreground max-sm:hidden">{account}</td>
              <td className="px-4 py-2.5 text-right">
                <Money amount={amount} currency="USD" signed />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-border border-t bg-muted/50 font-semibold">
            <td className="px-4 py-2.5">Left for you</td>
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
