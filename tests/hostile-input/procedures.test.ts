import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { seeded } from '@/server/sandbox/random';
import { freshDb } from '@/tests/support/db';
import { createWorld, viewerFor, type World } from '@/tests/support/world';
import { callVerb } from '@/tests/tenancy/call';
import { VERB_CASES, type VerbCase } from '@/tests/tenancy/verbs';
import { fill, type Ids } from '../tenancy/rows';
import { places, put, without } from './mutate';
import { filled } from './schema';
import { ODD } from './values';

const lines = VERB_CASES.map((line) => [line.path, line] as const);

let db: Db;
let calls = 0;
let refusals = 0;
/** `ODD_CALLS=all` makes all calls, which takes minutes, instead of a sample for each procedure. `ODD_SEED=7` selects another sample. */
const EVERY = process.env.ODD_CALLS === 'all';
const SEED = Number(process.env.ODD_SEED ?? 1);

/** Returns up to `most` elements of a list, selected by the seed. */
function some<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  const random = seeded(SEED);
  const rest = [...list];
  return Array.from({ length: most }, () => rest.splice(Math.floor(random() * rest.length), 1)[0] as T);
}

beforeAll(async () => {
  db = await freshDb();
});
afterAll(async () => {
  await db.close();
  process.stdout.write(
    `unusual inputs refused by schemas: ${refusals}, unusual calls of procedures: ${calls}\n`,
  );
});

async function callerOf(world: World): Promise<(line: VerbCase, input: unknown) => Promise<string>> {
  const viewer = await viewerFor(world, 'owner');
  return async (line, input) => {
    calls++;
    try {
      await callVerb(world, line, input, viewer);
      return 'OK';
    } catch (error) {
      if (!(error instanceof TRPCError)) return `threw ${String(error)}`;
      if (error.code !== 'INTERNAL_SERVER_ERROR') return error.code;
      return `INTERNAL_SERVER_ERROR ${error.cause?.cause ?? error.cause ?? error.message}`.slice(0, 300);
    }
  };
}

const named = (value: unknown): string => {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 40)}… (${value.length})` : value);
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value);
  return String(value);
};

/** Yields an input with all fields, and variants of the input in which each place is omitted or has an odd value. */
function* oddInputs(line: VerbCase, ids: Ids): Generator<{ what: string; input: unknown }> {
  const schema = line.verb.input;
  if (schema instanceof z.ZodVoid) return;
  const given = line.input(ids);
  const whole = filled(schema, given);
  yield { what: 'all fields', input: whole };
  const all = new Set(places(whole).map((place) => JSON.stringify(place)));
  for (const key of all) {
    const place = JSON.parse(key) as (string | number)[];
    // Each field is omitted from the complete input, one at a time, because a missing row would hide the effect.
    yield { what: `${key} omitted`, input: without(whole, place) };
    for (const odd of ODD) yield { what: `${key} = ${named(odd)}`, input: put(given, place, odd) };
  }
}

describe('no input causes an internal error', () => {
  it.each(lines)('%s', async (_path, line) => {
    const world = await createWorld(db, { plan: 'pro' });
    const call = await callerOf(world);
    const ids = await fill(db, world);
    const bad: string[] = [];
    const accepted: { what: string; input: unknown }[] = [];
    const refused: typeof accepted = [];
    // Inputs that the schema refuses go no further; this checks that it does not throw on them.
    for (const trial of oddInputs(line, ids))
      (line.verb.input.safeParse(trial.input).success ? accepted : refused).push(trial);
    for (const { what, input } of [
      ...some(accepted, EVERY ? Infinity : 16),
      ...some(refused, EVERY ? Infinity : 4),
    ]) {
      const answer = await call(line, input);
      if (/^(INTERNAL|threw)/.test(answer)) bad.push(`${what}: ${answer}`);
    }
    refusals += refused.length;
    expect(bad.slice(0, 20)).toEqual([]);
  });
});
