import { describe, expect, it } from 'vitest';
import { mapStream, streamOf } from './streams';

async function all<T>(stream: ReadableStream<T>): Promise<T[]> {
  const values: T[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) values.push(next.value);
  return values;
}

/** Creates a stream over a generator that waits after its first value until it is told to continue. */
function waiting() {
  const seen: string[] = [];
  let goOn = () => {};
  async function* values(): AsyncGenerator<number> {
    try {
      yield 1;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield 2;
    } finally {
      seen.push('ended');
    }
  }
  const stop = () => {
    seen.push('told');
    goOn();
  };
  return { seen, stream: streamOf(values(), stop) };
}

describe('streamOf', () => {
  it('returns the values of the generator, each only on demand', async () => {
    let made = 0;
    async function* values() {
      while (made < 3) yield ++made;
    }
    const stream = streamOf(values());
    await Promise.resolve();
    expect(made).toBe(0);
    expect(await all(stream)).toEqual([1, 2, 3]);
  });

  it('notifies a waiting generator before it ends it', async () => {
    const { seen, stream } = waiting();
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 1 });
    const second = reader.read();
    await reader.cancel();
    expect(await second).toMatchObject({ done: true });
    expect(seen).toEqual(['told', 'ended']);
  });
});

describe('mapStream', () => {
  const numbers = () =>
    new ReadableStream<number>({ start: (c) => [1, 2].map((n) => c.enqueue(n)) && c.close() });

  it('maps each value', async () => {
    expect(await all(mapStream(numbers(), (n) => n * 10))).toEqual([10, 20]);
  });

  it.each(['the reader cancels', 'the signal fires', 'the signal has already fired'])(
    'cancels the source when %s',
    async (how) => {
      const { seen, stream } = waiting();
      const leave = new AbortController();
      if (how === 'the signal has already fired') leave.abort();
      const reader = mapStream(stream, String, leave.signal).getReader();
      if (how !== 'the signal has already fired') expect((await reader.read()).value).toBe('1');
      if (how === 'the reader cancels') await reader.cancel();
      else leave.abort();
      expect(await reader.read()).toMatchObject({ done: true });
      expect(seen[0]).toBe('told');
    },
  );

  it('fails with the error that the mapping throws, and cancels the source', async () => {
    const { seen, stream } = waiting();
    const broken = mapStream(stream, () => {
      throw new Error('no number');
    });
    await expect(all(broken)).rejects.toThrow('no number');
    expect(seen[0]).toBe('told');
  });
});
