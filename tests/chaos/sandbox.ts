import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fault } from '@/server/sandbox/faults';
import { FAULT_HEADER, follow, moveClock, orders } from './messages';
import type { VendorFault } from './plan';

// Runs only the sandbox on its port, in the time of the run.
let { travel } = orders();
follow((told) => {
  travel = told.travel ?? travel;
});
moveClock(() => travel);
const [{ openDb }, { systemClock }, { env }, { keepSweeping, sandboxHandler }, { sandboxServer }] =
  await Promise.all([
    import('@/db/client'),
    import('@/server/foundation/clock'),
    import('@/server/foundation/env'),
    import('@/server/sandbox/handler'),
    import('@/server/sandbox/serve'),
  ]);
const db = await openDb({ url: env().DATABASE_URL, driver: env().DATABASE_DRIVER });
const { appUrl } = env();
const handler = sandboxHandler({
  db,
  clock: systemClock,
  publicUrl: process.env.SANDBOX_PUBLIC_URL ?? '',
  appUrl,
  internalAppUrl: appUrl,
});
const { world } = handler;

// The run sends more than the platforms allow. Requests that are refused for that are among the faults.
const take = world.rates.take.bind(world.rates);
world.rates.take = (...given) => ({
  ...take(...given),
  allowed: true,
  remaining: 1_000_000,
  limit: 1_000_000,
});

/** The fault of the request that is being answered. It strikes once, in the first operation. */
const planned = new AsyncLocalStorage<{ fault: VendorFault | null }>();
const strike = world.faults.strike.bind(world.faults);
world.faults.strike = async (platform, operation) => {
  const given = planned.getStore();
  const fault = given?.fault;
  if (!given || !fault) return strike(platform, operation);
  given.fault = null;
  const row: Fault = {
    id: 'planned',
    platform,
    operation,
    kind: fault.kind,
    probability: 1,
    remaining: null,
    ms: fault.kind === '429' ? fault.seconds * 1000 : 0,
    seed: 1,
    drawn: 1,
    struck: 1,
    createdAt: world.clock.now(),
  };
  return [row];
};

keepSweeping(handler);
sandboxServer((request) => {
  const header = request.headers.get(FAULT_HEADER);
  return planned.run({ fault: header ? (JSON.parse(header) as VendorFault) : null }, () => handler(request));
}).listen(Number(process.env.SANDBOX_PORT), '127.0.0.1');
