import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { wrongLists } from './client-words';

const root = path.resolve(import.meta.dirname, '../..');
const sources = new Map(
  ['app', 'components', 'i18n', 'server', 'db', 'inngest', 'emails'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
      .map((file) => {
        const name = path.posix.join(folder, file);
        return [name, readFileSync(path.join(root, name), 'utf8')] as const;
      }),
  ),
);

it('every page gives its client components exactly the parts of the catalogue that they use', () => {
  expect(wrongLists(sources)).toEqual([]);
});

describe('wrongLists', () => {
  const words = "const SHARED_NAMESPACES: readonly Namespace[] = ['ui'];";
  const client = (body: string) => `'use client';\n${body}`;
  const later = (imported: string) => `const load = () => import('${imported}');`;
  const page = (imported: string, list?: string) =>
    `import { Part } from '${imported}';\nexport default () => ${list === undefined ? '<Part />' : `<ClientWords of={[${list}]}><Part /></ClientWords>`};`;
  const wrong = (files: Record<string, string>) =>
    wrongLists(new Map(Object.entries({ 'components/words/client-words.tsx': words, ...files })));

  it('finds a part that is not listed, even if it is imported dynamically or through other files', () => {
    const files = {
      'app/queue/page.tsx': page('@/components/queue', "'queue'"),
      'components/queue.tsx': client("import { a } from './row';\nuseTranslations('queue.list');"),
      'components/row.tsx': later('./menu'),
      'components/menu.tsx': "const t = useTranslations('menu');",
    };
    expect(wrong(files)).toEqual([
      "app/queue/page.tsx: the ClientWords in app/queue/page.tsx does not list 'menu', which components/menu.tsx uses",
    ]);
    expect(wrong({ ...files, 'app/queue/page.tsx': page('@/components/queue', "'queue', 'menu'") })).toEqual(
      [],
    );
  });

  it('finds a missing list, even if only the language is used', () => {
    expect(
      wrong({
        'app/page.tsx': page('@/components/a'),
        'components/a.tsx': client("useTranslations('ui')"),
        'app/b/page.tsx': page('@/components/b'),
        'components/b.tsx': client('useLocale()'),
      }),
    ).toEqual([
      'app/b/page.tsx: components/b.tsx needs a ClientWords around it',
      'app/page.tsx: components/a.tsx needs a ClientWords around it',
    ]);
  });

  it('finds parts that are not used, listed twice or present on every page', () => {
    expect(
      wrong({
        'app/page.tsx': page('@/components/a', "'queue', 'ui', 'a', 'a'"),
        'components/a.tsx': client("useTranslations('a')"),
      }),
    ).toEqual([
      "app/page.tsx: ClientWords lists 'a' twice",
      "app/page.tsx: ClientWords lists 'queue', which nothing inside uses",
      "app/page.tsx: ClientWords lists 'ui', which every page has",
    ]);
  });

  it('distinguishes the parts of facts by their second name', () => {
    const files = {
      'components/words/client-words.tsx':
        "const SHARED_NAMESPACES: readonly Namespace[] = ['ui', 'facts.states'];",
      'app/page.tsx': page('@/components/a', "'facts.media'"),
      'components/a.tsx': client("useTranslations('facts.states');\nuseTranslations('facts.media.kinds');"),
    };
    expect(wrong(files)).toEqual([]);
    expect(wrong({ ...files, 'app/page.tsx': page('@/components/a', '') })).toEqual([
      "app/page.tsx: the ClientWords in app/page.tsx does not list 'facts.media', which components/a.tsx uses",
    ]);
  });

  it('ignores server code, types and actions', () => {
    expect(
      wrong({
        'app/page.tsx': page('@/components/server', ''),
        'components/server.tsx': "import { b } from './b';\nuseTranslations('server')",
        'components/b.tsx': client(
          "import { type C, type D } from './c';\nimport type { E } from './c';\nimport { act } from './act';\n// useTranslations('comment')",
        ),
        'components/c.tsx': "useTranslations('types')",
        'components/act.ts': "'use server';\nimport './c';",
      }),
    ).toEqual([]);
  });

  it('uses the list of the nearest layout that encloses its pages', () => {
    const layout = (list: string, inside: string) =>
      `export default ({ children }) => <><ClientWords of={[${list}]}>${inside}</ClientWords>{${'children'}}</>;`;
    const files = {
      'app/layout.tsx': 'export default ({ children }) => children;',
      'app/(app)/layout.tsx': layout("'a'", '<main>{children}</main>'),
      'app/(app)/in/layout.tsx': layout("'b'", '<Tabs />'),
      'app/(app)/in/page.tsx': page('@/components/a'),
      'components/a.tsx': client("useTranslations('a')"),
      'app/(app)/error.tsx': client("useTranslations('c')"),
    };
    expect(wrong(files)).toEqual([
      "app/(app)/error.tsx: the ClientWords in app/(app)/layout.tsx does not list 'c', which app/(app)/error.tsx uses",
      "app/(app)/in/layout.tsx: ClientWords lists 'b', which nothing inside uses",
    ]);
    // A page's own list replaces the layout's.
    expect(wrong({ ...files, 'app/(app)/in/page.tsx': page('@/components/a', '') })).toContain(
      "app/(app)/in/page.tsx: the ClientWords in app/(app)/in/page.tsx does not list 'a', which components/a.tsx uses",
    );
  });

  it('does not apply a list to components next to it', () => {
    const beside = (inside: string, outside: string) =>
      `import { A } from '@/components/a';\nimport { B } from '@/components/b';\nexport default () => <><ClientWords of={['a', 'b']}>${inside}</ClientWords>${outside}</>;`;
    const files = {
      'components/a.tsx': client("useTranslations('a')"),
      'components/b.tsx': client("useTranslations('b')"),
    };
    expect(wrong({ ...files, 'app/page.tsx': beside('<A /><B />', '') })).toEqual([]);
    expect(wrong({ ...files, 'app/page.tsx': beside('<A />', '<B />') })).toEqual([
      "app/page.tsx: ClientWords lists 'b', which nothing inside uses",
      'app/page.tsx: components/b.tsx needs a ClientWords around it',
    ]);
    // Created before, and placed inside.
    const before =
      "import { A } from '@/components/a';\nexport default () => {\n  const a = <A />;\n  return <ClientWords of={['a']}>{a}</ClientWords>;\n};";
    expect(wrong({ ...files, 'app/page.tsx': before })).toEqual([]);
  });

  it('gives no list to an error page that replaces all layouts', () => {
    expect(
      wrong({
        'app/layout.tsx': 'export default ({ children }) => <ClientWords of={[]}>{children}</ClientWords>;',
        'app/global-error.tsx': client("useTranslations('ui')"),
      }),
    ).toEqual(['app/global-error.tsx: app/global-error.tsx needs a ClientWords around it']);
  });

  it('requires literal names', () => {
    expect(
      wrong({
        'app/page.tsx': `import '@/components/a';\nexport default () => <ClientWords of={PARTS}><A /></ClientWords>;`,
        'components/a.tsx': client('useTranslations(name)'),
      }),
    ).toEqual([
      "app/page.tsx: write the parts of ClientWords as a list of names, of={['queue']}",
      "components/a.tsx: write the name of the part in useTranslations('…')",
    ]);
  });
});
