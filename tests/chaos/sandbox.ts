import { follow, moveClock, orders } from './messages';

// Runs only the sandbox on its port, in the time of the run.
let { travel } = orders();
follow((told) => {
  travel = told.travel ?? travel;
});
moveClock(() => travel);
await import('@/server/sandbox/standalone');
