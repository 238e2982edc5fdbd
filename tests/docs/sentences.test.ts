import { expect, test } from 'vitest';
import { mustHaveNoSentences, sentencesIn } from '@/scripts/sentences.mjs';

const found = (source: string, file = 'server/domains/posts/a.ts') =>
  sentencesIn(source, file).map(({ line, text }) => `${line}: ${text}`);

test('finds user-facing sentences in a domain', () => {
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

test('finds text that an e-mail or a PDF contains itself, but not its sample values', () => {
  const mail = "export const preview: Props = { title: 'Five ways to plan a week' };\n";
  expect(found(`${mail}const a = <P>Approve</P>;`, 'emails/a.tsx')).toEqual(['2: Approve']);
  expect(found(`${mail}const a = <Layout heading="Please decide now" />;`, 'emails/a.tsx')).toEqual([
    '2: Please decide now',
  ]);
  expect(
    found("const a = { border: '1px solid #e2e3df', fontFamily: 'Menlo, monospace' };", 'emails/a.tsx'),
  ).toEqual([]);
  expect(found(mail, 'server/domains/posts/a.ts')).not.toEqual([]);
  expect(found("const a = { 'Content-Type': 'text/html; charset=utf-8' };", 'app/api/a/route.ts')).toEqual(
    [],
  );
  expect(found("return refuse(request, 404, 'There is no such file');", 'app/api/a/route.ts')).toEqual([
    '1: There is no such file',
  ]);
});

test('ignores log messages, internal errors, keys, names and SQL statements', () => {
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

test('checks the functions that are passed to a call whose description is for the log', () => {
  const text = "await alert({ body: 'The shop could not be reached.' })";
  const label = "what: 'checking the shops of one workspace'";
  for (const call of [
    `eachRow(rows, { ${label}, of: idOf, work: async () => { ${text} } });`,
    `eachPagedRow({ read, ${label}, of: idOf, work: async () => { ${text} } });`,
    `eachPagedRow({ read: async () => { ${text} }, ${label}, of: idOf, work });`,
    `eachRow(rows, { ${label}, of: idOf, work(row) { ${text} } });`,
    `run.log('checking the shops of one workspace', async () => { ${text} });`,
    `new Batch().error('It did not work', function () { ${text} });`,
  ])
    expect(found(call), call).toEqual(['1: The shop could not be reached.']);
});

test('checks domains, connectors, verbs, e-mails, route handlers and SQL, but not content and the catalogue', () => {
  for (const file of [
    'server/domains/posts/create-post.ts',
    'server/connectors/x/index.ts',
    'db/functions.sql',
    'db/schema/states.ts',
    'emails/_layout.tsx',
    'app/api/generate/route.ts',
    'app/api/reports/[month]/statement.tsx',
  ])
    expect(mustHaveNoSentences(file), file).toBe(true);
  for (const file of [
    'db/seed/demo-texts.ts',
    'server/domains/topics/catalogue.ts',
    'components/ui/field.tsx',
    'i18n/words.ts',
  ])
    expect(mustHaveNoSentences(file), file).toBe(false);
});
