import { defineVerb } from '@/server/verbs/define';
import { readWorkspace } from '../workspaces/read-workspace';
import { accountName } from './accounts';
import { monthOf, monthRange } from './month';
import { connectionNames, monthsWithMoney, sumAccounts } from './queries';
import { type MonthReport, monthInput, monthReportOutput } from './schemas';

/** Reports a month's money from the ledger alone: gross, refunds, fees and net, by currency and by connection. */
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
      const rows = await sumAccounts(tx, ctx, monthRange(month, workspace.timeZone));
      const names = await connectionNames(tx, ctx);
      const totals = new Map<string, MonthReport['totals'][number]>();
      const streams = new Map<string, MonthReport['streams'][number]>();
      const costs: MonthReport['costs'] = [];
      for (const row of rows) {
        if (!['sales', 'refunds', 'platform_fees', 'ai_cost', 'subscription'].includes(row.account)) continue;
        const total = totals.get(row.currency) ?? {
          currency: row.currency,
          gross: 0,
          refunds: 0,
          fees: 0,
          costs: 0,
          net: 0,
        };
        totals.set(row.currency, total);
        // Debits are positive: costs, fees and refunds lower the net. Sales are credits.
        total.net -= row.amount;
        if (row.account === 'ai_cost' || row.account === 'subscription') {
          total.costs += row.amount;
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
        const known = names.get(row.subjectId);
        const stream = streams.get(key) ?? {
          connectionId: row.subjectId,
          name: known?.name ?? row.subjectId,
          platform: known?.platform ?? '',
          environment: known?.environment ?? '',
          currency: row.currency,
          gross: 0,
          refunds: 0,
          fees: 0,
          net: 0,
          sales: 0,
        };
        streams.set(key, stream);
        stream.net -= row.amount;
        const field = row.account === 'sales' ? 'gross' : row.account === 'refunds' ? 'refunds' : 'fees';
        const value = row.account === 'sales' ? -row.amount : row.amount;
        stream[field] += value;
        total[field] += value;
        if (row.account === 'sales') stream.sales += row.entries;
      }
      return {
        month,
        timeZone: workspace.timeZone,
        workspaceName: workspace.name,
        totals: [...totals.values()].sort(
          (a, b) => b.gross - a.gross || a.currency.localeCompare(b.currency),
        ),
        streams: [...streams.values()].sort((a, b) => a.currency.localeCompare(b.currency) || b.net - a.net),
        costs,
        months: await monthsWithMoney(tx, ctx, workspace.timeZone),
      };
    });
  },
});
