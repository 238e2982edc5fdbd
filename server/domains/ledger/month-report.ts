import { defineVerb } from '@/server/verbs/define';
import { readWorkspace } from '../workspaces/read-workspace';
import { accountName, figureOf } from './accounts';
import { currencyOrder } from './currency-order';
import { monthOf, monthRange } from './month';
import { sumNotAttributed } from './not-attributed';
import { connectionNames, monthsWithMoney, sumAccounts } from './queries';
import { type MonthReport, monthInput, monthReportOutput } from './schemas';

const NO_FIGURES = { gross: 0, discounts: 0, shipping: 0, refunds: 0, fees: 0, tax: 0, net: 0 };

type Figures = typeof NO_FIGURES;
const isEmpty = ({ gross, discounts, shipping, refunds, fees, tax, net }: Figures): boolean =>
  [gross, discounts, shipping, refunds, fees, tax, net].every((figure) => figure === 0);

/** Reports a month's money from the ledger alone: its figures and the net, by currency and by connection. */
export const monthReport = defineVerb({
  verb: 'ledger.report',
  access: 'money.read',
  effect: 'read',
  input: monthInput,
  output: monthReportOutput,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const month = input.month ?? monthOf(ctx.clock.now(), workspace.timeZone);
      const range = monthRange(month, workspace.timeZone);
      const rows = await sumAccounts(tx, ctx, range);
      const names = await connectionNames(tx, ctx);
      const totals = new Map<string, MonthReport['totals'][number]>();
      const streams = new Map<string, MonthReport['streams'][number]>();
      const costs: MonthReport['costs'] = [];
      for (const row of rows) {
        const known = names.get(row.subjectId);
        const belongs = figureOf(row.account, row.amount);
        const isTax = row.account === 'tax_collected';
        if (!belongs && !isTax) continue;
        const total = totals.get(row.currency) ?? { currency: row.currency, ...NO_FIGURES, costs: 0 };
        totals.set(row.currency, total);
        if (belongs?.figure === 'costs') {
          total.costs += belongs.amount;
          total.net -= belongs.amount;
          costs.push({
            account: row.account,
            name: accountName(row.account),
            subject: row.subjectId,
            currency: row.currency,
            amount: row.amount,
          });
          continue;
        }
        const key = `${row.subjectId}|${row.currency}`;
        const stream = streams.get(key) ?? {
          connectionId: row.subjectId,
          name: known?.name ?? row.subjectId,
          platform: known?.platform ?? '',
          environment: known?.environment ?? '',
          currency: row.currency,
          ...NO_FIGURES,
          sales: 0,
        };
        streams.set(key, stream);
        for (const one of [stream, total]) {
          if (!belongs) one.tax -= row.amount;
          else {
            one[belongs.figure] += belongs.amount;
            // Debits are positive: costs, fees and refunds lower the net. Sales are credits.
            one.net -= row.amount;
          }
        }
        if (row.account === 'sales') stream.sales += row.credits;
      }
      // Amounts that were converted or passed on leave rows without anything in them.
      for (const [key, stream] of streams) if (isEmpty(stream) && stream.sales === 0) streams.delete(key);
      const shown = new Set([...streams.values()].map((stream) => stream.currency));
      for (const [currency, total] of totals)
        if (isEmpty(total) && total.costs === 0 && !shown.has(currency)) totals.delete(currency);
      const order = currencyOrder(workspace.reportingCurrency);
      return {
        month,
        timeZone: workspace.timeZone,
        workspaceName: workspace.name,
        totals: [...totals.values()].sort((a, b) => order(a.currency, b.currency)),
        streams: [...streams.values()].sort((a, b) => order(a.currency, b.currency) || b.net - a.net),
        costs: costs.filter(({ amount }) => amount !== 0).sort((a, b) => order(a.currency, b.currency)),
        notAttributed: await sumNotAttributed(tx, ctx, range, workspace.reportingCurrency),
        months: await monthsWithMoney(tx, ctx, workspace.timeZone),
      };
    });
  },
});
