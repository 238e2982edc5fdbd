import type { Transport, WireRequest, WireResponse } from '@/server/connectors/host/transport';
import { MAX_RESPONSE_BYTES, ResponseTooLarge } from '@/server/connectors/host/transport';
import type { ManualClock } from '@/server/foundation/clock';
import type { FaultKind } from '@/server/sandbox/faults';

/** What happens to one request on its way. `deliver` hands it to the stand-in. */
export type Trick = (wire: WireRequest, deliver: Transport) => Promise<WireResponse>;

const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const json = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body,
});
const PAGE: WireResponse = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Welcome</title><p>Please sign in to this network.',
};

export const notReached: Trick = async () => {
  throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
};
export const lostBefore: Trick = async (wire) => {
  wire.onSent();
  throw reset();
};
export const lostAfter: Trick = async (wire, deliver) => {
  await deliver(wire);
  throw reset();
};
export const unavailableBefore: Trick = async (wire) => {
  wire.onSent();
  return json(503, '');
};
export const brokenAfter: Trick = async (wire, deliver) => {
  await deliver(wire);
  return json(502, '{"message":"Bad gateway"}');
};
/** Replaces a successful answer by JSON that has nothing of it. */
export const otherJson: Trick = async (wire, deliver) => {
  await deliver(wire);
  return json(200, '{"unexpected":[null]}');
};
export const truncated: Trick = async (wire, deliver) => {
  const { status, body } = await deliver(wire);
  return json(status, body.length > 1 ? body.slice(0, Math.floor(body.length / 2)) : '{"');
};
export const page: Trick = async (wire, deliver) => {
  await deliver(wire);
  return PAGE;
};
/** An answer without end, of which the transport reads no more than its limit. */
export const huge: Trick = async (wire, deliver) => {
  await deliver(wire);
  throw new ResponseTooLarge(`More than ${MAX_RESPONSE_BYTES} bytes`);
};
/** An answer that has not come when the request's own time is over. */
export const slow =
  (clock: ManualClock): Trick =>
  async (wire, deliver) => {
    await deliver(wire);
    clock.advance(wire.timeoutMs);
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  };

/** Lets the stand-in refuse a request in its vendor's own way. */
export const refusing =
  (add: (kind: FaultKind) => Promise<unknown>, kind: FaultKind): Trick =>
  async (wire, deliver) => {
    await add(kind);
    return deliver(wire);
  };

const scrambled = (text: string): string =>
  text.replace(/[a-z\d]/gi, (c) =>
    /\d/.test(c)
      ? String((Number(c) + 1) % 10)
      : String.fromCharCode(c.charCodeAt(0) + (/[zZ]/.test(c) ? -25 : 1)),
  );

/** Returns a secret of the same shape that is not valid. */
export const wrongSecret = scrambled;

/** Sends another credential than the right one, so that the stand-in refuses it. `credential` is the request's own. */
export const withOtherCredential =
  (credential: string): Trick =>
  (wire, deliver) => {
    const other = (text: string) => text.replaceAll(credential, scrambled(credential));
    return deliver({
      ...wire,
      url: other(wire.url),
      headers: Object.fromEntries(Object.entries(wire.headers).map(([name, value]) => [name, other(value)])),
    });
  };
