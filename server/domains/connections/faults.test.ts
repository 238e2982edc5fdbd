import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resetLimits } from '@/server/connectors/host/throttle';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { callPlatform } from './call-platform';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());

describe('platform faults', () => {
  const cases = [
    ['500_before', 'unknown_outcome'],
    ['500_after', 'unknown_outcome'],
    ['reset_after', 'unknown_outcome'],
    ['nonsense', 'unknown_outcome'],
    ['429', 'rate_limited'],
  ] as const;
  it.each(cases)('%s while publishing is %s', async (kind, expected) => {
    resetLimits();
    const { handler, seen, row } = bench;
    const w = await bench.another();
    const done = await connectSandbox(handler, w.ctx, 'x', 'devnotes_leo');
    const connectionId = done.connectionIds[0] ?? '';
    await handler.world.faults.add({ platform: 'x', operation: 'createPosts', kind, count: 1 });
    const input = { text: `Fault ${kind}`, idempotencyKey: kind };
    const error = await callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ConnectorFault);
    expect(error).toMatchObject({ kind: expected });
    const since = new Date(w.clock.now().getTime() - 60_000);
    const found = await callPlatform({
      ctx: w.ctx,
      connectionId,
      capability: 'lookup',
      input: { ...input, since, exclude: [] },
    });
    expect(found.found).toBe(kind === '500_before' || kind === '429' ? 'absent' : 'yes');
    expect((await row(connectionId)).status).toBe('active');
    if (kind === '429') {
      expect(error).toMatchObject({ options: { retryAfter: 60 } });
      // The next call is not even sent, and other processes know too.
      const before = seen.length;
      resetLimits();
      await expect(
        callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input }),
      ).rejects.toMatchObject({ kind: 'rate_limited' });
      expect(seen.length).toBe(before);
      w.clock.advance(61_000);
      await expect(
        callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input }),
      ).resolves.toHaveProperty('remoteId');
    }
  });
});
