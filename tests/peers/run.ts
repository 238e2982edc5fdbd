import { blueskyPeer } from './bluesky';

// The last line is machine-readable, so nothing else may follow it.
const [, , folder = ''] = process.argv;
let passed = 0;
let failed = 0;
await blueskyPeer(folder, async (name, work) => {
  try {
    await work();
    passed++;
    console.log(`bluesky: ${name}`);
  } catch (error) {
    failed++;
    console.error(`bluesky: ${name}: FAILED`, error);
  }
});
console.log(JSON.stringify({ passed, failed }));
process.exit(failed > 0 ? 1 : 0);
