import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { createdAt, factColumn, id, instant, minorUnits, workspaceId } from './_columns';
import { tributary } from './_schema';
import { workspaces } from './workspaces';

const workspaceRef = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

/** The chart of accounts: one row a kind, currency and subject (a connection, say). */
export const ledgerAccounts = tributary.table(
  'ledger_accounts',
  {
    id: id(),
    workspaceId: workspaceRef(),
    code: text('code').notNull(),
    kind: text('kind', { enum: ['asset', 'liability', 'equity', 'income', 'expense'] }).notNull(),
    currency: text('currency').notNull(),
    subjectId: text('subject_id').notNull().default(''),
    createdAt: createdAt(),
  },
  (t) => [
    unique('ledger_accounts_tenant').on(t.workspaceId, t.id),
    unique('ledger_accounts_code').on(t.workspaceId, t.code, t.currency, t.subjectId),
  ],
);

/** Append-only. `key` is made from what happened, so a second delivery of the same event changes nothing. */
export const ledgerTransactions = tributary.table(
  'ledger_transactions',
  {
    id: id(),
    workspaceId: workspaceRef(),
    key: text('key').notNull(),
    kind: text('kind', {
      enum: ['sale', 'fee', 'refund', 'payout', 'ai_cost', 'subscription', 'reversal'],
    }).notNull(),
    occurredAt: instant('occurred_at').notNull(),
    description: factColumn('description').notNull(),
    sourceType: text('source_type').notNull(),
    sourceId: text('source_id').notNull(),
    reversesId: text('reverses_id'),
    evidence: jsonb('evidence').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    unique('ledger_transactions_tenant').on(t.workspaceId, t.id),
    unique('ledger_transactions_key').on(t.workspaceId, t.key),
    index('ledger_transactions_recent').on(t.workspaceId, t.occurredAt),
    index('ledger_transactions_source').on(t.workspaceId, t.sourceType, t.sourceId),
  ],
);

/** Positive is a debit, negative a credit. Per transaction and currency they sum to zero; the database checks it. */
export const ledgerPostings = tributary.table(
  'ledger_postings',
  {
    workspaceId: workspaceRef(),
    transactionId: text('transaction_id').notNull(),
    line: integer('line').notNull(),
    accountId: text('account_id').notNull(),
    amount: minorUnits('amount').notNull(),
    currency: text('currency').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.transactionId, t.line] }),
    foreignKey({
      columns: [t.workspaceId, t.transactionId],
      foreignColumns: [ledgerTransactions.workspaceId, ledgerTransactions.id],
    }),
    foreignKey({
      columns: [t.workspaceId, t.accountId],
      foreignColumns: [ledgerAccounts.workspaceId, ledgerAccounts.id],
    }),
    index('ledger_postings_account').on(t.accountId),
    check('ledger_postings_not_zero', sql`amount <> 0`),
  ],
);
