import { getTransaction } from '@/server/domains/ledger/get-transaction';
import { monthReport } from '@/server/domains/ledger/month-report';
import { balances, listTransactions } from '@/server/domains/ledger/queries';
import {
  balancesOutput,
  listTransactionsInput,
  monthInput,
  monthReportOutput,
  transactionDetail,
  transactionPage,
} from '@/server/domains/ledger/schemas';
import { idInput, memberProcedure, router } from '../init';

export const ledgerRouter = router({
  list: memberProcedure('viewer')
    .input(listTransactionsInput)
    .output(transactionPage)
    .query(({ ctx, input }) => listTransactions({ ctx: ctx.verb, input })),
  get: memberProcedure('viewer')
    .input(idInput('transaction'))
    .output(transactionDetail)
    .query(({ ctx, input }) => getTransaction({ ctx: ctx.verb, input })),
  balances: memberProcedure('viewer')
    .input(monthInput)
    .output(balancesOutput)
    .query(({ ctx, input }) => balances({ ctx: ctx.verb, input })),
  report: memberProcedure('viewer')
    .input(monthInput)
    .output(monthReportOutput)
    .query(({ ctx, input }) => monthReport({ ctx: ctx.verb, input })),
});
