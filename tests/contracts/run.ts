// The last line is machine-readable, so nothing else may follow it.
process.env.TRIBUTARY_LOG ??= 'silent';
const { CONTRACTS } = await import('./readers/contract');
const { runContracts } = await import('./suite');

const outcomes = await runContracts(process.argv[2]);
const sum = (of: (outcome: NonNullable<typeof outcomes>[number]) => number) =>
  (outcomes ?? []).reduce((total, outcome) => total + of(outcome), 0);
if (!outcomes)
  console.log(
    `Skipped: the vendors' documents were not found at ${CONTRACTS.split('/').slice(-2).join('/')} beside the checkout.`,
  );
for (const { name, operations, validated, withoutContract, violations, rules } of outcomes ?? []) {
  for (const v of violations) console.log(`${name} ${v.operation} ${v.side}: ${v.message}`);
  for (const rule of rules) console.log(`${name} ${rule}`);
  console.log(
    `${name}: ${operations} operations, ${validated} exchanges validated, ${violations.length} violations${
      withoutContract.length > 0 ? `; without a published contract: ${withoutContract.join(', ')}` : ''
    }`,
  );
}
const violations = sum((o) => o.violations.length);
const rules = sum((o) => o.rules.length);
console.log(
  JSON.stringify({
    operations: sum((o) => o.operations),
    validated: sum((o) => o.validated),
    without_contract: sum((o) => o.unchecked),
    violations,
    rules,
    ...(outcomes ? {} : { skipped: true }),
  }),
);
process.exit(violations + rules > 0 ? 1 : 0);

export {};
