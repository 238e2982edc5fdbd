import { expect, test } from 'vitest';
import { adapterBreaches } from '@/scripts/adapter-imports.mjs';
import { importsOf, resolve } from '@/scripts/imports.mjs';
import { moduleImports } from '@/scripts/module-record.mjs';
import { breaches } from '@/scripts/walls.mjs';

const graph = (edges: Record<string, { to: string; types?: boolean }[]>) =>
  new Map(Object.entries(edges).map(([from, to]) => [from, to.map((t) => ({ types: false, ...t }))]));

test('every boundary rejects an import that crosses it', () => {
  const wrong: [string, string][] = [
    ['server/domains/posts/create-post.ts', 'inngest/client.ts'],
    ['server/connectors/x/index.ts', 'db/client.ts'],
    ['server/connectors/x/index.ts', 'server/sandbox/x/text.ts'],
    ['server/sandbox/x/text.ts', 'server/connectors/kit/text.ts'],
    ['server/foundation/ids.ts', 'server/verbs/context.ts'],
    ['server/foundation/outage-answer.ts', 'i18n/words.ts'],
    ['server/foundation/money.ts', 'i18n/locales.ts'],
    ['server/connectors/x/index.ts', 'i18n/words.ts'],
    ['server/verbs/define.ts', 'i18n/messages.ts'],
    ['db/client.ts', 'i18n/words.ts'],
    ['server/domains/posts/create-post.ts', 'i18n/words.ts'],
    ['i18n/words.ts', 'server/domains/posts/create-post.ts'],
    ['i18n/words.ts', 'server/verbs/context.ts'],
    ['i18n/words.ts', 'server/connectors/manifests.ts'],
    ['i18n/request-locale.ts', 'db/client.ts'],
    ['i18n/locales.ts', 'components/ui/cn.ts'],
    ['i18n/email-words.ts', 'emails/index.ts'],
    ['i18n/request.ts', 'app/layout.tsx'],
    ['app/page.tsx', 'server/sandbox/handler.ts'],
    ['components/ui/money.tsx', 'db/schema/index.ts'],
    ['components/platforms/catalogue.ts', 'server/connectors/manifests.ts'],
    ['app/(app)/compose/page.tsx', 'server/connectors/x/manifest.ts'],
    ['components/ui/money.tsx', 'app/(app)/home/page.tsx'],
    ['server/trpc/init.ts', 'tests/support/db.ts'],
    ['server/verbs/define.ts', 'server/domains/verbs.ts'],
    ['server/rest/routes.ts', 'server/verbs/define.ts'],
    ['app/api/posts/route.ts', 'server/trpc/procedure.ts'],
  ];
  for (const [from, to] of wrong)
    expect(breaches(graph({ [from]: [{ to }] })), `${from} → ${to}`).not.toEqual([]);
});

test('test helpers are imported only by tests, whatever their name', () => {
  const forTests = [
    'server/domains/connections/testing.ts',
    'server/domains/connections/testing/consent.ts',
    'inngest/test-boot.ts',
    'db/test-support/rows.ts',
    'server/auth.test.ts',
    'server/connectors/x/contract.ts',
    'server/connectors/x/contract-uploads.ts',
    'server/connectors/generated/contracts.ts',
  ];
  for (const to of forTests) {
    for (const from of ['db/seed/content.ts', 'app/page.tsx', 'inngest/testing-times.ts'])
      for (const types of [false, true])
        expect(breaches(graph({ [from]: [{ to, types }] })), `${from} → ${to}`).toEqual([
          `only tests import test helpers: ${from} imports ${to}`,
        ]);
    for (const from of ['tests/bench/publish.ts', 'server/domains/uploads/testing.ts', 'server/auth.test.ts'])
      if (from !== to) expect(breaches(graph({ [from]: [{ to }] })), `${from} → ${to}`).toEqual([]);
  }
});

test('allowed imports pass, and circular imports of values are rejected', () => {
  expect(
    breaches(
      graph({
        'i18n/words.ts': [{ to: 'server/foundation/facts.ts' }, { to: 'i18n/messages.ts' }],
        'i18n/messages/en.ts': [{ to: 'server/connectors/x/messages/en.json' }],
        'server/foundation/facts.ts': [{ to: 'i18n/message-types.ts', types: true }],
        'server/domains/emails/render-email.ts': [{ to: 'i18n/email-words.ts' }],
        'server/domains/approvals/link-page.ts': [{ to: 'i18n/words.ts', types: true }],
        'server/domains/accounts/schemas.ts': [{ to: 'i18n/locales.ts' }],
        'app/page.tsx': [{ to: 'server/verbs/context.ts' }],
        'server/verbs/context.ts': [{ to: 'db/client.ts' }],
      }),
    ),
  ).toEqual([]);
  expect(breaches(graph({ 'a.ts': [{ to: 'b.ts' }], 'b.ts': [{ to: 'a.ts', types: true }] }))).toEqual([]);
  expect(breaches(graph({ 'a.ts': [{ to: 'b.ts' }], 'b.ts': [{ to: 'a.ts' }] }))).toEqual([
    'circular import: a.ts → b.ts → a.ts',
  ]);
});

test('reports domains that depend on each other, also through a third domain or only by types', () => {
  const file = (domain: string) => `server/domains/${domain}/verb.ts`;
  const found = (...edges: [string, string][]) =>
    breaches(graph(Object.fromEntries(edges.map(([a, b]) => [file(a), [{ to: file(b), types: true }]]))));
  expect(found(['planning', 'publications'], ['publisher', 'publications'])).toEqual([]);
  expect(found(['planning', 'publications'], ['publications', 'planning'])).toEqual([
    `circular imports of domains (planning, publications): ${file('planning')} imports ${file('publications')}`,
    `circular imports of domains (publications, planning): ${file('publications')} imports ${file('planning')}`,
  ]);
  expect(found(['a', 'b'], ['b', 'c'], ['c', 'a'])).toHaveLength(3);
});

test('feature folders of the components must not depend on each other either', () => {
  const oneWay = {
    'components/compose/composer.tsx': [{ to: 'components/media/thumb.tsx' }],
    'components/media/thumb.tsx': [{ to: 'components/ui/cn.ts', types: true }],
  };
  expect(breaches(graph(oneWay))).toEqual([]);
  expect(
    breaches(
      graph({
        ...oneWay,
        'components/media/media-grid.tsx': [{ to: 'components/compose/draft.ts', types: true }],
      }),
    ),
  ).toEqual([
    'circular imports of components (compose, media): components/compose/composer.tsx imports components/media/thumb.tsx',
    'circular imports of components (media, compose): components/media/media-grid.tsx imports components/compose/draft.ts',
  ]);
});

test('every form of import is recognized', () => {
  const source = `import a from 'one';\nimport type { B } from "two";\nimport {\n  c,\n  d,\n} from './three';\nexport * from '../four';\nconst e = await import('five');\nimport 'six';`;
  expect(importsOf(source).map((i) => `${i.specifier}${i.types ? ' type' : ''}`)).toEqual(
    ['one', 'two type', './three', '../four', 'six', 'five'].sort(
      (x, y) => source.indexOf(x.split(' ')[0] ?? '') - source.indexOf(y.split(' ')[0] ?? ''),
    ),
  );
  expect(resolve('@/db/client', 'app/page.tsx')).toBe('db/client.ts');
  expect(resolve('react', 'app/page.tsx')).toBeUndefined();
  expect(resolve('./nothing', 'app/page.tsx')).toBeNull();
});

test('the parser reads the names that each form of import takes', () => {
  const source = `
    import type { A } from 'types';
    import { type B } from 'only-types';
    import c, { d as e, type F } from 'named';
    import * as g from 'namespace';
    import 'effects';
    export { h as i } from 'named-again';
    export * from 'all';
    export type { J } from 'exported-types';
    type K = import('type-expression').K;
    await import(/* why */ 'later');
    await import(computed);
    const own = 1;
    export { own };`;
  expect(moduleImports(source, 'a.ts').map(({ specifier, names }) => [specifier, names])).toEqual([
    ['types', []],
    ['only-types', []],
    ['named', ['default', 'd']],
    ['namespace', null],
    ['effects', null],
    ['named-again', ['h']],
    ['all', null],
    ['exported-types', []],
    ['later', null],
    [null, null],
    ['type-expression', []],
  ]);
});

test('an adapter that reads or writes without a verb is rejected, whichever module it uses', () => {
  const domain = {
    'db/schema/index.ts': '',
    'db/client.ts': '',
    'server/domains/posts/rows.ts': "import { posts } from '@/db/schema/index';\nexport const MOST = 3;",
    'server/domains/posts/plain.ts': 'export const short = (text: string) => text;',
    'server/domains/posts/list.ts':
      "import { readRows } from './rows';\nexport const listPosts = defineVerb({});\nexport const helper = 1;\nexport type Row = 1;",
  };
  const at = (file: string, source: string, others = {}) => {
    const files = new Map(Object.entries({ ...domain, [file]: source }));
    const find = (specifier: string, from: string) => resolve(specifier, from, (name) => files.has(name));
    return adapterBreaches(files, others, find);
  };
  const rows = '@/server/domains/posts/rows';
  const route = 'app/api/posts/route.ts';
  const allowed = [
    "import { listPosts, type Row } from '@/server/domains/posts/list';",
    "import type { Row } from '@/server/domains/posts/list';",
    "import { short } from '@/server/domains/posts/plain';",
    "import { MOST } from '@/server/domains/posts/rows';",
  ];
  for (const source of allowed) expect(at(route, source), source).toEqual([]);
  const stopped = [
    "import { listPosts, helper } from '@/server/domains/posts/list';",
    "import { readRows } from '@/server/domains/posts/rows';",
    "import {\n  readRows as listPosts,\n} from '@/server/domains/posts/rows';",
    "import * as rows from '@/server/domains/posts/rows';",
    `const { readRows } = await import('${rows}');`,
    `import type { Row } from '${rows}';\nconst { readRows } = await import('${rows}');`,
    `import { MOST } from '${rows}';\nconst { readRows } = await import('${rows}');`,
    `const { readRows } = await import(/* only on demand */ '${rows}');`,
    `const { readRows } = await import(\`${rows}\`);`,
    "import { MOST, /* and */ readRows } from '@/server/domains/posts/rows';",
    "import plain, { MOST } from '@/server/domains/posts/rows';",
    "export * from '@/server/domains/posts/rows';",
    'const { readRows } = await import(name);',
    "export { readRows as GET } from '@/server/domains/posts/rows';",
    "import { getDb } from '@/db/client';",
    "import { readFile } from 'node:fs/promises';",
    "import { eq } from 'drizzle-orm';",
    'const rows = await ctx.db.asSystem((tx) => tx.execute(statement));',
  ];
  for (const file of [route, 'app/(app)/home/page.tsx', 'app/(auth)/actions.ts', 'components/posts/list.tsx'])
    for (const source of stopped) expect(at(file, source), source).toHaveLength(1);
  for (const source of stopped) {
    expect(at(route, source, { [route]: 'why' }), source).toEqual([]);
    expect(at('app/api/posts/route.test.ts', source)).toEqual([]);
  }
  expect(at(route, '', { [route]: 'why' })).toEqual([
    `an unused exception (scripts/adapter-imports.mjs): ${route}`,
  ]);
});
