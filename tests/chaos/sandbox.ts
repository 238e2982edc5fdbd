import { follow, moveClock, orders } from './messages';

// The sandbox alone on its port, in the run's time.
let { travel } = orders();
follow((told) => {
  travel = told.travel ?? travel;
});
moveClock(() => travel);
await import('@/server/sandbox/standalone');
