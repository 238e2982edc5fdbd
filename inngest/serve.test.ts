import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { INNGEST_CALL_BYTES } from '@/server/foundation/http/limits';
import { canonical, sign } from './embedded/protocol';
import { INNGEST_LIMITS } from './limits';
import { handleInngestCall } from './serve';

const KEY = `signkey-prod-${'ab'.repeat(32)}`;
beforeEach(() => {
  vi.stubEnv('INNGEST_EVENT_KEY', 'event-key');
  vi.stubEnv('INNGEST_SIGNING_KEY', KEY);
  resetEnv();
});
afterEach(() => {
  vi.unstubAllEnvs();
  resetEnv();
});

/** Calls a function that does not exist, so that nothing runs. Problems of the call itself are reported first. */
async function call(state: number, headers: (body: string) => Record<string, string>) {
  const event = { name: 'a', data: {} };
  const body = canonical({
    version: 2,
    event,
    events: [event],
    steps: { one: { type: 'data', data: 'a'.repeat(state) } },
    ctx: { run_id: 'r', attempt: 0, use_api: false, stack: { stack: ['one'], current: 1 } },
  });
  const request = new Request('http://app.test/api/inngest?fnId=tributary-nothing&stepId=step', {
    method: 'POST',
    body,
    headers: { host: 'app.test', 'content-type': 'application/json', ...headers(body) },
  });
  const answer = await handleInngestCall(request);
  return { status: answer.status, text: await answer.text() };
}
const signed = (body: string) => ({ 'x-inngest-signature': sign(body, KEY) });
const forged = (body: string) => ({ 'x-inngest-signature': sign(body, KEY.replace('ab', 'ba')) });

test('a call with all the state that an Inngest server sends is accepted', async () => {
  const { status, text } = await call(INNGEST_LIMITS.callBody - 1024, signed);
  expect([status, text]).toEqual([500, expect.stringContaining('tributary-nothing')]);
});

test('a large call with a forged signature is refused before any of it is used', async () => {
  const { status, text } = await call(INNGEST_LIMITS.callBody - 1024, forged);
  expect([status, text]).toEqual([401, expect.not.stringContaining('tributary-nothing')]);
});

test('an oversized call and an unsigned call are refused', async () => {
  expect((await call(INNGEST_CALL_BYTES, signed)).status).toBe(413);
  expect((await call(10, () => ({}))).status).toBe(401);
});
