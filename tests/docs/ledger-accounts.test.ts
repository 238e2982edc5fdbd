import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHART } from '@/server/domains/ledger/accounts';

test('the decision about the ledger lists each account with its kind', () => {
  const text = readFileSync('docs/decisions/0015-ledger-accounts.md', 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (asset|liability|equity|income|expense)\b/gm)];
  expect(Object.fromEntries(rows.map(([, code, kind]) => [code, kind]))).toEqual(CHART);
});
