import { expect, it } from 'vitest';
import { nextPollDelay, outcomePath, readReturn } from './payment-return';

it('distinguishes a completed payment from an abandoned one, and looks for none if the URL names none', () => {
  expect(readReturn('cs_test_1')).toEqual({
    returned: { from: 'checkout', sessionId: 'cs_test_1' },
    ended: null,
  });
  expect(readReturn('portal')).toEqual({ returned: { from: 'portal' }, ended: null });
  for (const ended of ['cancelled', 'unknown'] as const)
    expect(
      readReturn(
        new URL(outcomePath('/a?from=topics', ended), 'http://x').searchParams.get('checkout') ?? '',
      ),
    ).toEqual({
      returned: null,
      ended,
    });
  for (const odd of [undefined, '', ['cs_1', 'cs_2']])
    expect(readReturn(odd)).toEqual({ returned: null, ended: null });
});

it('polls frequently at first, then rarely, and stops after some minutes', () => {
  const waits = Array.from({ length: 30 }, (_, i) => nextPollDelay(i + 1));
  expect(waits[0]).toBe(1_000);
  expect(Math.max(...waits.map((w) => w ?? 0))).toBe(15_000);
  const sum = waits.reduce<number>((a, b) => a + (b ?? 0), 0);
  expect(sum).toBeGreaterThan(120_000);
  expect(sum).toBeLessThan(600_000);
  expect(waits.at(-1)).toBeNull();
});
