import { getDb } from '@/db/client';
import { leasesOf } from '@/db/leases';
import { boot } from '@/inngest/boot';
import { inngest } from '@/inngest/client';
import { networkTransport } from '@/server/connectors/host/transport';
import { setTransport } from '@/server/domains/connections/load-target';
import { scaleTimeLimits } from '@/server/domains/connections/with-time-limit';
import { systemClock } from '@/server/foundation/clock';
import { faultPoint, installFaultHook } from '@/server/foundation/fault-points';
import { appendToJournal, follow, go, moveClock, up } from './messages';
import { CALL_SCALE, eventFault, heldUp, REQUEST_LIMIT_MS } from './plan';
import { registerChaosPlatforms } from './platforms';
import { isRenewal } from './targets';

// An app process without the web server, but with the real boot, runner, functions, connectors and requests.
const { name, seed, journal, kills, ...rest } = await go();
let { travel, skew, faults, slow } = rest;
const shared = globalThis as typeof globalThis & {
  __tributaryRunner?: { wake(): void };
  __tributaryClock?: number;
};

follow((told) => {
  travel = told.travel ?? travel;
  skew = told.skew ?? skew;
  faults = told.faults ?? faults;
  setSlow(told.slow ?? slow);
  // Ignores messages with only the pace, which arrive four times a second.
  if (told.travel === undefined && told.skew === undefined) return;
  shared.__tributaryRunner?.wake();
  // Lease timers do not tick during a jump of the run's time, so check the leases now.
  void getDb()
    .then((db) => leasesOf(db).look())
    .catch(() => {});
});
function setSlow(by: number): void {
  slow = by;
  scaleTimeLimits(CALL_SCALE * slow);
}
moveClock(() => travel + skew);
// Once the app uses the database's clock instead of the machine's, the jumps of the run have to be added to it as well.
const own = systemClock.now;
systemClock.now = () => new Date(own().getTime() + (shared.__tributaryClock === undefined ? 0 : travel));
process.on('uncaughtExceptionMonitor', (error) =>
  appendToJournal(journal, { worker: name, crash: String(error.stack) }),
);

const hits = new Map<string, number>();
installFaultHook((point) => {
  const hit = (hits.get(point) ?? 0) + 1;
  hits.set(point, hit);
  if (hit === 1) appendToJournal(journal, { worker: name, point });
  const deadly = kills?.[point];
  if (!faults || deadly === undefined || hit < deadly) return;
  appendToJournal(journal, { worker: name, killed: point, hit });
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});

registerChaosPlatforms();
setSlow(slow);
let requests = 0;
setTransport(async (wire) => {
  faultPoint(`network: ${wire.method}: before`);
  if (isRenewal(new URL(wire.url).pathname)) appendToJournal(journal, { worker: name, renewing: true });
  const wait = faults ? heldUp(seed, name, requests++) * slow : 0;
  if (wait > 0) {
    appendToJournal(journal, { worker: name, fault: 'request delayed' });
    await new Promise((done) => setTimeout(done, wait));
  }
  const answer = await networkTransport({
    ...wire,
    timeoutMs: Math.min(wire.timeoutMs, Math.round(REQUEST_LIMIT_MS * slow)),
    onSent: () => {
      wire.onSent();
      faultPoint(`network: ${wire.method}: leaves`);
    },
  });
  faultPoint(`network: ${wire.method}: answered`);
  return answer;
});

// Events are delivered at least once, and not always immediately.
type Send = typeof inngest.send;
const send = inngest.send.bind(inngest) as Send;
let sent = 0;
inngest.send = (async (payload, options) => {
  const fault = faults ? eventFault(seed, name, sent++, Array.isArray(payload)) : null;
  if (!fault) return send(payload, options);
  if (fault.fails) {
    appendToJournal(journal, { worker: name, fault: 'event refused', list: Array.isArray(payload) });
    throw new Error('The event API is unreachable');
  }
  appendToJournal(journal, { worker: name, fault: fault.again ? 'event duplicated' : 'event delayed' });
  const twin = [payload]
    .flat()
    .map((event) => ({ ...event, ...(event.id ? { id: `${event.id}:again` } : {}) }));
  const later = () => {
    setTimeout(() => {
      send((fault.again ? twin : payload) as typeof payload, options).catch(() => {});
    }, fault.delayMs);
  };
  later();
  return fault.again ? send(payload, options) : { ids: [] };
}) as Send;

await boot();
up();
