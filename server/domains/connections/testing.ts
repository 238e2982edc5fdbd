import { handlerTransport, type Transport } from '@/server/connectors/host/transport';
import type { ManualClock } from '@/server/foundation/clock';
import { resetEnv } from '@/server/foundation/env';
import { setTransport } from './load-target';

export { connectSandbox, consent } from './connect-sandbox';

type Handler = (request: Request) => Promise<Response>;

/** For tests: enables the sandbox and sends every platform's requests to `handler` in this process. */
export function sendToHandler(
  handler: Handler,
  wrap: (inner: Transport) => Transport = (t) => t,
  clock?: ManualClock,
): void {
  process.env.TRIBUTARY_SANDBOX = '1';
  resetEnv();
  setTransport(wrap(handlerTransport(handler)), clock && (async (ms) => clock.advance(ms)));
}
