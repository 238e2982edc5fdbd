import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { createdAt, factColumn, id, instant, minorUnits, workspaceId } from './_columns';
import { tributary } from './_schema';
import { TRANSACTION_KINDS } from './states';
import { workspaces } from './workspaces';

const workspaceRef = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

/** The chart of accounts: one row per code, currency and subject (a connection, for example). */
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

/** Append-only. `key` is derived from the event, so a second delivery of the same event changes nothing. */
export const ledgerTransactions = tributary.table(
  'ledger_transactions',
  {
    id: id(),
    workspaceId: workspaceRef(),
    key: text('key').notNull(),
    kind: text('kind', {
      enum: TRANSACTION_KINDS,
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

/** Positive amounts are debits, negative ones credits. They sum to zero per transaction and currency; the database enforces it. */
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
