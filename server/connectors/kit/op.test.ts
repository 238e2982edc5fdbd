import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ok, scripted } from '../host/testing';
import { x } from '../x';
import { op } from './op';
import { wire } from './wire';

const body = wire({ id: z.string() });
const read = op('read', 'GET', '/things/{thing}/parts/{part}', 'read', body);
const create = op('create', 'POST', '/things', 'effect', body, { host: 'uploads' });

describe('an operation', () => {
  it('sends its request and returns the body', async () => {
    const { io, asked } = scripted(x, [ok({ id: '1', more: 2 })]);
    expect(await create(io, { json: { a: 1 }, query: { b: 2 }, timeoutMs: 5 })).toEqual({ id: '1' });
    expect(asked[0]?.spec).toEqual({
      operation: 'create',
      method: 'POST',
      path: '/things',
      effect: 'effect',
      host: 'uploads',
      json: { a: 1 },
      query: { b: 2 },
      timeoutMs: 5,
    });
    expect(asked[0]?.url).toBe('http://uploads.test/things?b=2');
  });

  it('returns the status and the headers on request', async () => {
    const { io } = scripted(x, [{ status: 201, body: { id: '1' }, headers: { 'x-restli-id': 'urn:1' } }]);
    expect(await create.answer(io)).toEqual({
      status: 201,
      body: { id: '1' },
      headers: { 'x-restli-id': 'urn:1' },
    });
  });

  it('has the usual effect of its method unless it says otherwise', async () => {
    const { io, asked } = scripted(x, Array(6).fill(ok({ id: '1' })));
    for (const method of ['get', 'post', 'again', 'put', 'patch', 'delete'] as const)
      await op[method](method, '/things', body)(io);
    expect(asked.map(({ spec: { method, effect } }) => `${method} ${effect}`)).toEqual([
      'GET read',
      'POST effect',
      'POST idempotent',
      'PUT idempotent',
      'PATCH idempotent',
      'DELETE idempotent',
    ]);
  });

  it('does not compile without its parameters', async () => {
    const { io } = scripted(x, []);
    // @ts-expect-error `part` is missing
    await expect(read(io, { path: { thing: '1' } })).rejects.toThrow(RangeError);
    // @ts-expect-error the path has no parameters
    void (() => create(io, { path: { thing: '1' } }));
  });
});

it('keeps every parameter inside its own segment of the path', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (thing) => {
      const { io, asked } = scripted(x, [ok({ id: '1' })]);
      const sent = read(io, { path: { thing, part: '2' } });
      if (['', '.', '..'].includes(thing)) {
        await expect(sent).rejects.toThrow(RangeError);
        return;
      }
      await sent;
      const segments = new URL(asked[0]?.url ?? '').pathname.split('/');
      expect(segments).toHaveLength(5);
      expect(decodeURIComponent(segments[2] ?? '')).toBe(thing);
    }),
  );
});
