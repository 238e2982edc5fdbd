// The last line is machine-readable, so nothing else may follow it.
process.env.TRIBUTARY_LOG ??= 'silent';
const { CONTRACTS } = await import('./document');
const { runContracts } = await import('./suite');

const outcome = await runContracts();
if (!outcome) {
  console.log(
    `Skipped: the vendors' documents were not found at ${CONTRACTS.split('/').slice(-2).join('/')} beside the checkout.`,
  );
  console.log(
    JSON.stringify({ operations: 0, validated: 0, without_contract: 0, violations: 0, skipped: true }),
  );
} else {
  for (const v of outcome.violations) console.log(`${v.platform} ${v.operation} ${v.side}: ${v.message}`);
  for (const name of outcome.withoutContract) console.log(`No document: ${name}`);
  console.log(JSON.stringify(outcome.figures));
}
const bad = outcome
  ? outcome.violations.length > 0 ||
    outcome.withoutContract.length > outcome.undocumented.length ||
    // Each operation has at least one request and one response, or the suite did not reach it.
    outcome.figures.validated < 2 * (outcome.figures.operations - outcome.undocumented.length)
  : false;
process.exit(bad ? 1 : 0);

export {};
