import fc from 'fast-check';
import { expect, test } from 'vitest';
import { functions } from '../functions';
import { holds, parseCondition } from './conditions';
import { fires, lastFiring, parseCron } from './cron';
import { register, UnsupportedError } from './registry';
import { waitUntil } from './time';

const ok = async () => {};
const { Inngest } = await import('inngest');
const app = new Inngest({ id: 'test', isDev: true });
type Options = Parameters<typeof app.createFunction>[0];
const configs = (options: Partial<Options>) =>
  app
    .createFunction({ id: 'f', triggers: [{ event: 'e' }], ...options } as Options, ok as never)
    ['getConfig']({
      baseUrl: new URL('http://x.test'),
      appPrefix: 'test',
    });
const parsed = (options: Partial<Options>) => JSON.parse(JSON.stringify(configs(options))) as unknown[];

test.each<[string, Partial<Options>]>([
  ['debounce', { debounce: { period: '5s' } }],
  ['batchEvents', { batchEvents: { maxSize: 5, timeout: '5s' } }],
  ['throttle', { throttle: { limit: 1, period: '5s' } }],
  ['rateLimit', { rateLimit: { limit: 1, period: '5s' } }],
  ['priority', { priority: { run: '1' } }],
  ['cancel', { cancelOn: [{ event: 'x' }] }],
  ['singleton', { singleton: { mode: 'skip' } }],
  ['idempotency', { idempotency: 'event.data.id' }],
  ['timeouts', { timeouts: { finish: '5s' } }],
  ['a condition on its trigger', { triggers: [{ event: 'e', if: 'event.data.x == 1' }] }],
  ['the cron "TZ=Europe/Paris 0 9 * * *"', { triggers: [{ cron: 'TZ=Europe/Paris 0 9 * * *' }] }],
  ['the expression "event.data.x + \'a\'"', { concurrency: { limit: 1, key: "event.data.x + 'a'" } }],
  ['"concurrency"', { concurrency: { limit: 1, scope: 'account', key: '"x"' } }],
  ['the trigger "shop/*"', { triggers: [{ event: 'shop/*' }] }],
])('the registry refuses %s by name', (name, options) => {
  expect(() => register(parsed(options))).toThrow(UnsupportedError);
  expect(() => register(parsed(options))).toThrow('"test-f"');
  expect(() => register(parsed(options))).toThrow(name);
});

test('the registry accepts the supported options', () => {
  const registry = register(
    parsed({ concurrency: [{ limit: 2, key: 'event.data.x' }, { limit: 9 }], retries: 7, onFailure: ok }),
  );
  expect(registry.functions.get('test-f')).toMatchObject({ maxAttempts: 8, failureId: 'test-f-failure' });
  expect(registry.byEvent.get('e')?.map((f) => f.id)).toEqual(['test-f']);
});

test('cron expressions are matched, and invalid ones are rejected', () => {
  const at = (cron: string, instant: string) => fires(parseCron(cron), new Date(instant));
  expect(at('*/15 3-5 * * *', '2026-03-04T04:45:59Z')).toBe(true);
  expect(at('*/15 3-5 * * *', '2026-03-04T06:45:00Z')).toBe(false);
  expect(at('0 0 1 * 7', '2026-03-01T00:00:00Z')).toBe(true);
  expect(at('0 0 13 * 5', '2026-03-06T00:00:00Z')).toBe(true);
  expect(at('0 0 * * 5', '2026-03-07T00:00:00Z')).toBe(false);
  for (const bad of [
    '* * * *',
    '60 * * * *',
    '5-1 * * * *',
    'a * * * *',
    '*/0 * * * *',
    '@daily',
    '0 0 * * MON',
    '0 0 L * *',
    '0 0 1 1 * 2027',
  ])
    expect(() => parseCron(bad)).toThrow();
});

test('the last firing of a cron equals that of a minute-by-minute search', () => {
  const minute = 60_000;
  fc.assert(
    fc.property(
      fc.constantFrom('*/10 * * * *', '7 * * * *', '23 3 * * *', '0 0 13 * 5', '17 */6 * * *', '30 2 29 2 *'),
      // Covers the leap day and the nights in which clocks change in many places.
      fc.integer({ min: Date.parse('2028-02-27T00:00Z'), max: Date.parse('2028-04-02T00:00Z') }),
      fc.integer({ min: 0, max: 3 * 1440 }),
      (text, at, back) => {
        const cron = parseCron(text);
        const current = Math.floor(at / minute);
        let wanted: number | null = null;
        for (let m = current; m >= current - back && wanted === null; m--)
          if (fires(cron, new Date(m * minute))) wanted = m * minute;
        const found = lastFiring(cron, new Date((current - back) * minute), new Date(at));
        expect(found?.getTime() ?? null).toBe(wanted);
      },
    ),
    { numRuns: 60 },
  );
});

test('conditions are parsed and evaluated', () => {
  const scope = { event: { data: { id: 1, s: 'a b' } }, async: { data: { id: 1 } } };
  const check = (text: string) => holds(parseCondition(text), scope);
  expect(check('event.data.id == async.data.id')).toBe(true);
  expect(check("event.data.s == 'a b' && async.data.id != 2")).toBe(true);
  expect(check('event.data.missing == async.data.missing')).toBe(false);
  expect(check('event.constructor == event.constructor')).toBe(false);
  for (const bad of ['', 'event.data.id > 1', 'a == b', 'event.data.x == 1 || true == true'])
    expect(() => parseCondition(bad)).toThrow();
});

test('durations and instants are parsed', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  expect(waitUntil('1h30m', now).toISOString()).toBe('2026-01-01T01:30:00.000Z');
  expect(waitUntil('2026-01-02T00:00:00Z', now).toISOString()).toBe('2026-01-02T00:00:00.000Z');
  for (const bad of ['', '5', 'h', '5x']) expect(() => waitUntil(bad, now)).toThrow(RangeError);
});

test('the runner supports every function of the app', () => {
  const all = functions.flatMap((fn) =>
    fn['getConfig']({ baseUrl: new URL('http://x.test'), appPrefix: 'tributary' }),
  );
  const registry = register(JSON.parse(JSON.stringify(all)) as unknown[]);
  expect(registry.functions.size).toBe(all.length);
});
