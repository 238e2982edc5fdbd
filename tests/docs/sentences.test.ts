import { expect, test } from 'vitest';
import { isWordless, sentencesIn } from '@/scripts/sentences.mjs';

const found = (source: string, file = 'server/domains/posts/a.ts') =>
  sentencesIn(source, file).map(({ line, text }) => `${line}: ${text}`);

test('finds what a domain would say by itself', () => {
  expect(found("throw new AppError('invalid', 'Write something first.');")).toEqual([
    '1: Write something first.',
  ]);
  expect(found('const a = 1;\nconst words = `$'.concat('{n} posts wait for you.`;'))).toEqual([
    '2: … posts wait for you.',
  ]);
  expect(found("const choice = { label: 'Send the rest' };")).toEqual(['1: Send the rest']);
  expect(found("sql`update t set problem = 'It did not go out'`")).toEqual(['1: It did not go out']);
  expect(found("z.string().min(1, 'Give it a title.')")).toEqual(['1: Give it a title.']);
  expect(found("insert into alerts values ('A cancelled post went out')", 'db/functions.sql')).toEqual([
    '1: A cancelled post went out',
  ]);
});

test('leaves the log, bugs of ours, keys, names and statements alone', () => {
  expect(
    found(`
      log().warn({ err }, 'the end of a publication could not be written; it is tried again');
      throw new Error('The ledger did not answer');
      throw new RangeError(\`\${code} is no currency\`);
      faultPoint('settle: before the write');
      fact('posts.errors.missing');
      const kind = 'rate_limited';
      const name = 'Stripe';
      sql\`select id from posts where state = 'scheduled' order by id\`;
      type State = 'is on hold' | 'goes out now';
    `),
  ).toEqual([]);
  expect(
    found("raise exception 'The ledger is append-only: correct it with a reversal';", 'db/guards.sql'),
  ).toEqual([]);
  expect(found("-- It's a comment of more than two words\nselect 'x';", 'db/functions.sql')).toEqual([]);
});

test('domains, connectors, verbs and SQL are looked at, content and the catalogue are not', () => {
  for (const file of [
    'server/domains/posts/create-post.ts',
    'server/connectors/x/index.ts',
    'db/functions.sql',
    'db/schema/states.ts',
  ])
    expect(isWordless(file), file).toBe(true);
  for (const file of [
    'db/seed/demo-texts.ts',
    'server/domains/topics/catalogue.ts',
    'components/ui/field.tsx',
    'i18n/words.ts',
  ])
    expect(isWordless(file), file).toBe(false);
});
