import { TRPCError } from '@trpc/server';
import { wordsIn } from '@/i18n/words';
import { knownError, type TrpcContext, type Viewer } from '@/server/trpc/init';
import { createCaller } from '@/server/trpc/root';
import { memberCtx } from '@/server/verbs/context';
import type { World } from '@/tests/support/world';
import type { VerbCase } from './verbs';

/**
 * Calls a verb as its adapter does: over tRPC, or like the routes and forms of the verbs that tRPC does not offer. Throws TRPCError.
 * Returns bytes as text; of a stream, it reads the first value and cancels the rest.
 */
export async function callVerb(
  world: World,
  { adapter, path, verb }: VerbCase,
  input: unknown,
  viewer: Viewer | null,
): Promise<unknown> {
  if (adapter === 'trpc') {
    const context: TrpcContext = { ...world.services, viewer, words: wordsIn('en') };
    type Tree = { [name: string]: Tree } & ((input: unknown) => Promise<unknown>);
    const procedure = path
      .split('.')
      .reduce((at, name) => at[name] as Tree, createCaller(context) as unknown as Tree);
    return procedure(input);
  }
  try {
    const { db, clock, events } = world.services;
    if (adapter === 'visitor')
      return await seen(
        await verb({ db, clock, events, client: { ip: '192.0.2.1', userAgent: null } } as never, input),
      );
    if (!viewer) throw new Error('Stream routes authenticate the caller themselves (see routes.test.ts)');
    return await seen(await verb(memberCtx(world.services, viewer) as never, input));
  } catch (error) {
    throw knownError(error) ?? new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
  }
}

async function seen(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof ReadableStream) {
    const reader = value.getReader();
    const first = await reader.read();
    await reader.cancel();
    return { first: await seen(first.value) };
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const parts = Object.entries(value).map(async ([key, part]) => [key, await seen(part)] as const);
  return Object.fromEntries(await Promise.all(parts));
}
