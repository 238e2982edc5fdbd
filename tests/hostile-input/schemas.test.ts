import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { id, line, text, whole } from '@/server/foundation/inputs';
import { VERB_CASES } from '@/tests/tenancy/verbs';
import { unbounded } from './schema';

const inputs = VERB_CASES.flatMap(({ path, verb }) =>
  verb.input instanceof z.ZodVoid ? [] : [{ name: path, input: verb.input }],
);

const files = readdirSync('server/domains', { recursive: true, encoding: 'utf8' })
  .filter((file) => /schemas\.ts$/.test(file))
  .sort();

it('finds unbounded parts at any depth', () => {
  const schema = z.object({
    id: id('post'),
    name: line({ max: 5 }).optional(),
    count: whole({ min: 0, max: 3 }).default(1),
    loose: z.string().max(5).optional(),
    list: z.array(text({ max: 5 })),
    deep: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), at: z.date().nullish() }),
      z.object({ kind: z.literal('b'), n: z.number().int().min(0) }),
    ]),
    map: z.record(z.string(), text({ max: 5 })),
    any: z.array(z.unknown()).max(3),
  });
  expect(unbounded(schema)).toEqual([
    'loose: string',
    'list: unbounded list',
    'deep.at: date',
    'deep.n: number',
    'map<key>: string',
    'any[]: unknown',
  ]);
});

it('accepts a refined input type', () => {
  expect(unbounded(text({ max: 5 }).refine((v) => v !== 'no'))).toEqual([]);
});

describe('every input of the API is built from the input types', () => {
  it.each(inputs)('$name', ({ input }) => {
    expect(unbounded(input)).toEqual([]);
  });
});

describe('every input schema of a domain is built from the input types', () => {
  it.each(files)('%s', async (file) => {
    const exported: Record<string, unknown> = await import(/* @vite-ignore */ `../../server/domains/${file}`);
    const found = Object.entries(exported).flatMap(([name, value]) =>
      /Input$/.test(name) && value instanceof z.ZodType
        ? unbounded(value).map((what) => `${name}.${what}`)
        : [],
    );
    expect(found).toEqual([]);
  });
});
