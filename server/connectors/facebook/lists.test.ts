import { describe, expect, it } from 'vitest';
import { type Asked, ok, outcome, type Reply, scripted } from '../host/testing';
import type { ConnectorFault } from '../kit/types';
import { facebook } from '.';

const page = (n: number) => ({
  id: String(n),
  name: `Page ${n}`,
  access_token: `T${n}`,
  tasks: ['CREATE_CONTENT'],
});
const address = (query: string) => `https://graph.facebook.com/v23.0/me/accounts?access_token=x&${query}`;
const queryOf = (asked: Asked) => new URL(asked.url).searchParams;

/** A list of Pages, a few per response, whose cursor is the number of those already shown. */
const listOf =
  (
    count: number,
    perPage: number,
    more: (shown: number) => object = (shown) => ({ cursors: { after: `${shown}` } }),
  ) =>
  (asked: Asked): Reply => {
    const query = queryOf(asked);
    const from = Number(query.get('after') ?? query.get('offset') ?? query.get('until') ?? 0);
    const data = Array.from({ length: Math.min(perPage, count - from) }, (_, i) => page(from + i));
    const shown = from + data.length;
    return ok({
      data,
      paging: { ...more(shown), ...(shown < count ? { next: address(`after=${shown}`) } : {}) },
    });
  };
const identify = (reply: (asked: Asked) => Reply) => {
  const { io, asked } = scripted(facebook, reply);
  return outcome(facebook.hooks.identify(io, {})).then((result) => ({ result, asked }));
};

describe('the Pages of a user', () => {
  it.each([
    [1, 25],
    [26, 25],
    [110, 10],
    [1105, 100],
    [2500, 25],
  ])('are all found: %i, %i at a time', async (count, perPage) => {
    const { result } = await identify(listOf(count, perPage));
    const names = (result as { name: string }[]).map((one) => one.name);
    expect(names).toHaveLength(count);
    expect(new Set(names).size).toBe(count);
    expect(names.at(-1)).toBe(`Page ${count - 1}`);
  });

  it.each(['offset', 'until'])('are all found if the list is paged by %s', async (name) => {
    const { result } = await identify((asked) => {
      const reply = listOf(60, 5)(asked) as {
        status: number;
        body: { data: unknown[]; paging: { next?: string } };
      };
      const from = Number(queryOf(asked).get(name) ?? 0) + reply.body.data.length;
      return ok({
        ...reply.body,
        paging: reply.body.paging.next ? { next: address(`${name}=${from}`) } : {},
      });
    });
    expect(result).toHaveLength(60);
  });

  it('are not taken for complete if the list never ends', async () => {
    for (const next of [address('after=7'), address('limit=5'), 'not an address']) {
      const { result, asked } = await identify(() => ok({ data: [page(1)], paging: { next } }));
      expect(result).toMatchObject({ kind: 'transient' });
      expect((result as ConnectorFault).fact).toSay(/did not show us the whole list/);
      expect(asked.length).toBeLessThan(5);
    }
  });

  it('may be missing from a page in between', async () => {
    const { result } = await identify((asked) =>
      queryOf(asked).get('after') === null
        ? ok({ data: [], paging: { cursors: { after: '0' }, next: address('after=0') } })
        : listOf(3, 3)(asked),
    );
    expect(result).toHaveLength(3);
  });
});

it('a post is not reported as absent if the rest of the list was not read', async () => {
  const { io } = scripted(facebook, () => ok({ data: [], paging: { next: address('limit=5') } }));
  expect(
    await facebook.functions.lookup?.(io, { text: 'Hello', since: new Date(0), exclude: [] }),
  ).toMatchObject({ found: 'unclear' });
});
