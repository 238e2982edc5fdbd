import { writeFileSync } from 'node:fs';
import { CONTRACTS, contractsPresent } from '../readers/contract';
import { generateSkeletons } from './generate';

if (!contractsPresent()) {
  console.error(`The vendors' documents were not found at ${CONTRACTS}.`);
  process.exit(1);
}
for (const [file, text] of await generateSkeletons()) writeFileSync(file, text);
