import { expect, test } from 'vitest';
import type { DisputableCharge } from './customer-payments';
import { givenBack } from './given-back';
import { chargeAnswer, disputeAnswer } from './payment-wire';
import { moneyOfStripe } from './stripe-amount';

const AT = 1_772_000_000;
const DAY = 86_400;

/** What a dispute with these movements, one a day, returns, and on which day funds were returned. */
function claim(
  currency: string,
  amounts: readonly number[],
  { status = 'lost', disputed = { amount: 10_000, currency: 'usd' } } = {},
) {
  const charged = 10_000;
  const charge: DisputableCharge = {
    charge: chargeAnswer.parse({ id: 'ch_1', amount: charged, amount_refunded: 0, currency: 'usd' }),
    invoices: ['in_1'],
    refunds: [],
    disputes: [
      disputeAnswer.parse({
        id: 'du_1',
        ...disputed,
        created: AT,
        status,
        balance_transactions: amounts.map((amount, i) => ({
          amount,
          currency,
          created: AT + i * DAY,
          fee: 0,
        })),
      }),
    ],
  };
  const [found] = givenBack(
    { invoices: [], charges: [charge], creditNotes: [], balance: [] },
    new Map([['in_1', moneyOfStripe(charged, 'usd')]]),
  );
  const at = found?.takenBackAt?.getTime();
  return { amount: found?.amount.amount, returned: at === undefined ? null : (at / 1000 - AT) / DAY };
}

test.each<[string, string, number[], string, number, number | null]>([
  ['is withdrawn with a correction of the rate', 'gbp', [-7900, 12], 'needs_response', 10_000, null],
  ['is lost with a correction of the rate', 'gbp', [-7900, 12], 'lost', 10_000, null],
  ['is lost with a further withdrawal for the rate', 'gbp', [-7900, -40], 'lost', 10_000, null],
  ['was won, with a correction afterwards', 'gbp', [-7900, 7950, -50], 'won', 0, 1],
  ['was won at another rate', 'try', [-330_000, 290_000], 'won', 0, 1],
  ['was won and withdrawn again', 'gbp', [-7900, 7900, -7850], 'lost', 10_000, 1],
  ['was won in part', 'gbp', [-7900, 3950], 'won', 5000, 1],
  ['is corrected in the same currency', 'usd', [-10_000, 12], 'lost', 10_000, null],
  ['was won in part in the same currency', 'usd', [-10_000, 1500], 'won', 8500, 1],
  ['was won in the same currency, with a correction', 'usd', [-10_000, 10_000, -12], 'won', 0, 1],
])('a dispute %s', (_what, currency, amounts, status, amount, returned) => {
  expect(claim(currency, amounts, { status })).toEqual({ amount, returned });
});

test('movements in several currencies are decided by the state of the dispute', () => {
  const both = (status: string) =>
    disputeAnswer.parse({
      id: 'du_1',
      amount: 1000,
      currency: 'usd',
      created: AT,
      status,
      balance_transactions: [
        { amount: -920, currency: 'eur', created: AT },
        { amount: 1000, currency: 'usd', created: AT + DAY },
      ],
    });
  const charge = {
    charge: chargeAnswer.parse({ id: 'ch_1', amount: 1000, amount_refunded: 0, currency: 'usd' }),
    invoices: ['in_1'],
    refunds: [],
  };
  const of = (status: string) =>
    givenBack(
      { invoices: [], charges: [{ ...charge, disputes: [both(status)] }], creditNotes: [], balance: [] },
      new Map([['in_1', moneyOfStripe(1000, 'usd')]]),
    )[0]?.amount.amount;
  expect([of('won'), of('lost'), of('under_review')]).toEqual([0, 1000, 1000]);
});

test('a part of a dispute in another currency than the charge is a part of the charge', () => {
  const disputed = { amount: 9200, currency: 'eur' };
  expect(claim('eur', [-9200, 4600], { status: 'won', disputed })).toMatchObject({ amount: 5000 });
  expect(claim('gbp', [-7900, 12], { disputed })).toMatchObject({ amount: 10_000 });
});
