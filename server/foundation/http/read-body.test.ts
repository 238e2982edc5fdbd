import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyTooLarge, readBytes, readLimited, withCountedBody, withLimitedBody } from './read-body';

const bytes = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 });
/** Creates a request whose body consists of these pieces, and counts how many were pulled. */
function coming(pieces: Uint8Array[], headers: Record<string, string> = {}) {
  const seen = { pulled: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = pieces[seen.pulled++];
        if (next) controller.enqueue(next);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const request = new Request('http://a.test/', { method: 'POST', body, headers, duplex: 'half' } as never);
  return { request, seen };
}

describe('reading a body with a limit', () => {
  it('returns the complete body or fails, however the body is split', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 0, max: 1500 }), async (pieces, limit) => {
        const whole = Buffer.concat(pieces);
        const fits = whole.byteLength <= limit;
        const read = readBytes(coming(pieces).request, limit);
        if (fits) expect(Buffer.from(await read)).toEqual(whole);
        else await expect(read).rejects.toThrow(BodyTooLarge);
        const copied = await withLimitedBody(coming(pieces).request, limit);
        if (fits) expect(Buffer.from(await (copied as Request).arrayBuffer())).toEqual(whole);
        else expect(copied).toBeNull();
        const counted = withCountedBody(coming(pieces).request, limit);
        const stream = counted.request.arrayBuffer();
        if (fits) expect(Buffer.from(await stream)).toEqual(whole);
        else await expect(stream).rejects.toThrow();
        expect(counted.passed()).toBe(!fits);
      }),
    );
  });
  it('reads no further than the limit, and nothing if the announced length exceeds it', async () => {
    const piece = new Uint8Array(100);
    const long = coming(Array.from({ length: 100 }, () => piece));
    expect(await readLimited(long.request, 250)).toBeNull();
    expect(long.seen.pulled).toBeLessThanOrEqual(4);
    const announced = coming([piece], { 'content-length': '251' });
    expect(await readLimited(announced.request, 250)).toBeNull();
    expect(announced.seen.pulled).toBe(0);
  });
});
