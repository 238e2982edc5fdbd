import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemsByField } from './errors';
import { asMessage, fact } from './facts';

const problems = (schema: z.ZodType, input: unknown) => {
  const { error } = schema.safeParse(input);
  if (!error) throw new Error('The input is valid');
  return problemsByField(error);
};

test("a schema's own message is decoded to its fact", () => {
  const schema = z.object({ text: z.string().max(2, asMessage('validation.tooLong', { max: 2 })) });
  expect(problems(schema, { text: 'abc' })).toEqual({ text: fact('validation.tooLong', { max: 2 }) });
});

test("an issue without our own message gets a fact by its Zod code, never Zod's English text", () => {
  const schema = z.strictObject({
    missing: z.string(),
    count: z.number(),
    choice: z.enum(['a', 'b']),
    list: z.array(z.string()).max(1),
    either: z.union([z.string(), z.boolean()]),
  });
  const input = { count: 'two', choice: 'c', list: ['a', 'b'], either: 1, other: 1 };
  expect(problems(schema, input)).toEqual({
    missing: fact('validation.missing'),
    count: fact('validation.type', { expected: 'number' }),
    choice: fact('validation.oneOf', { values: { list: ['a', 'b'], as: 'or' } }),
    list: fact('validation.again'),
    either: fact('validation.again'),
    '': fact('validation.unknownKeys', { keys: { list: ['other'], as: 'or' } }),
  });
});
