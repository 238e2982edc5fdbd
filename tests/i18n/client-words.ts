import path from 'node:path';

/** Source texts by path in the project, without tests. */
export type Sources = ReadonlyMap<string, string>;

/** Files that Next.js renders for a route. Each is the root of its own tree inside the layouts above it. */
const ENTRY = /^app\/(?:.*\/)?(page|layout|loading|error|not-found|template|default|global-error)\.tsx$/;
/** The part of the catalogue that needs only a provider: formatting and the language. */
const PROVIDER = '';

interface Import {
  specifier: string;
  /** Local names of the imported values, without types. */
  names: string[];
  types: boolean;
}

/**
 * Matches an import statement. The first group is a `type` keyword; a list may also consist of types only: `import { type A, type B } from
 * './c'`.
 */
const STATEMENT =
  /(?:^|[\n;}])\s*(?:import|export)\s+(?:(type)\s+)?(?:([^'"();]*?)\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
function importsOf(source: string): Import[] {
  return [...source.matchAll(STATEMENT)].map(([, type, what, from, dynamic]) => {
    const all = (what ?? '').split(/[{},]/).flatMap((name) => name.trim() || []);
    const names = all.filter((name) => !/^type\s/.test(name)).map((name) => name.split(/\s+/).at(-1) ?? '');
    const types = type !== undefined || (all.length > 0 && names.length === 0);
    return { specifier: from ?? dynamic ?? '', names, types };
  });
}

function resolve(sources: Sources, specifier: string, from: string): string | undefined {
  const base = specifier.startsWith('@/')
    ? specifier.slice(2)
    : specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(from), specifier)
      : undefined;
  if (base === undefined) return undefined;
  return ['', '.ts', '.tsx', '/index.ts', '/index.tsx'].map((end) => base + end).find((f) => sources.has(f));
}

/** Strips the comments of a source, so that code that they mention does not count. */
const code = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}(,])\/\/[^\n]*/g, '$1');

const says = (source: string, directive: string) => new RegExp(`^\\s*(['"])${directive}\\1`).test(source);

/**
 * Returns the parts of the catalogue that a file's own code uses, for facts with the second name of the part; `?` if the name is not a
 * literal.
 */
function partsOf(source: string): string[] {
  const parts = [...source.matchAll(/\buseTranslations\(\s*([^)]*?),?\s*\)/g)].map(
    ([, name = '']) => /^['"`](facts\.\w+|\w+)(?:\.[\w.]+)?['"`]$/.exec(name)?.[1] ?? '?',
  );
  return /\b(useLocale|useFormatter|useNow|useTimeZone)\(/.test(source) ? [...parts, PROVIDER] : parts;
}

const ELEMENT = /<ClientWords\b([\s\S]*?)>([\s\S]*?)<\/ClientWords>/g;
/** Returns the lists of the `ClientWords` in a file, and whether each encloses the children of a layout. */
function listsOf(source: string): { names: string[]; readable: boolean; aroundChildren: boolean }[] {
  return [...source.matchAll(ELEMENT)].map(([, props = '', inside = '']) => {
    const list = /\bof=\{\[([^\]]*)\]\}/.exec(props)?.[1];
    const names = (list ?? '').split(',').flatMap((name) => name.trim() || []);
    return {
      names: names.map((name) => name.replace(/^['"]|['"]$/g, '')),
      readable: list !== undefined && names.every((name) => /^(['"])[\w.]+\1$/.test(name)),
      aroundChildren: /\{children\}/.test(inside),
    };
  });
}

/** Returns what a file renders next to its `ClientWords`. Elements that are created earlier and inserted by name count as inside. */
function besideOf(source: string): string {
  return [...source.matchAll(ELEMENT)]
    .map((element) => {
      const end = element.index + element[0].length;
      const start = Math.max(
        source.lastIndexOf('return', element.index),
        source.lastIndexOf('=>', element.index),
      );
      const close = source.indexOf('\n}', end);
      return source.slice(start, element.index) + source.slice(end, close < 0 ? undefined : close);
    })
    .join('\n')
    .replace(ELEMENT, '');
}

/** Returns the parts that `ClientWords` gives every page. */
function everywhere(sources: Sources): string[] {
  const source = sources.get('components/words/client-words.tsx') ?? '';
  const list = /SHARED_NAMESPACES[^=]*=\s*\[([^\]]*)\]/.exec(source)?.[1] ?? '';
  return [...list.matchAll(/['"]([\w.]+)['"]/g)].map(([, name = '']) => name);
}

/**
 * Compares the parts of the catalogue that the client components of each page use with the list of their nearest `ClientWords`, and returns
 * each difference as text. A client component is a file with 'use client' and everything that it imports, including dynamic imports. The
 * nearest `ClientWords` is the last one on the import path from the page to the component that encloses the imported element, or else that
 * of the innermost layout that has one around its pages.
 */
export function wrongLists(sources: Sources): string[] {
  const found = new Set<string>();
  const always = everywhere(sources);
  const plain = new Map([...sources].map(([file, source]) => [file, code(source)]));
  const imports = new Map<string, { to: string; names: string[] }[]>();
  const importedBy = (file: string): { to: string; names: string[] }[] => {
    let known = imports.get(file);
    if (!known) {
      known = importsOf(plain.get(file) ?? '')
        .filter(({ types }) => !types)
        .flatMap(({ specifier, names }) => {
          const to = resolve(sources, specifier, file);
          return to === undefined ? [] : { to, names };
        });
      imports.set(file, known);
    }
    return known;
  };

  /** Parts that a client component and its imports use, each with a file that uses it. */
  const needs = new Map<string, Map<string, string>>();
  const needsOf = (client: string): Map<string, string> => {
    let known = needs.get(client);
    if (known) return known;
    known = new Map();
    const files = new Set([client]);
    for (const file of files) {
      const source = plain.get(file) ?? '';
      // Of server actions, the browser only gets an address to call.
      if (says(source, 'use server')) continue;
      for (const part of partsOf(source)) if (!known.has(part)) known.set(part, file);
      for (const { to } of importedBy(file)) files.add(to);
    }
    needs.set(client, known);
    return known;
  };

  /** Listed and used parts, by the file of the `ClientWords`. */
  const lists = new Map<string, { names: string[]; asked: Set<string> }>();
  const listIn = (file: string): string | null => {
    // The component itself has no list.
    if (file === 'components/words/client-words.tsx') return null;
    const own = listsOf(plain.get(file) ?? '');
    if (own.length === 0) return null;
    if (!own.every(({ readable }) => readable))
      found.add(`${file}: write the parts of ClientWords as a list of names, of={['queue']}`);
    if (!lists.has(file)) lists.set(file, { names: own.flatMap(({ names }) => names), asked: new Set() });
    return file;
  };

  const walk = (entry: string, outer: string | null) => {
    const seen = new Set<string>();
    const visit = (file: string, around: string | null) => {
      if (seen.has(`${file}|${around}`)) return;
      seen.add(`${file}|${around}`);
      const source = plain.get(file) ?? '';
      if (says(source, 'use server')) return;
      if (says(source, 'use client')) {
        for (const [part, by] of needsOf(file)) {
          if (part === '?') found.add(`${by}: write the name of the part in useTranslations('…')`);
          else if (around === null) found.add(`${entry}: ${by} needs a ClientWords around it`);
          else {
            lists.get(around)?.asked.add(part);
            if (part !== PROVIDER && ![...always, ...(lists.get(around)?.names ?? [])].includes(part))
              found.add(`${entry}: the ClientWords in ${around} does not list '${part}', which ${by} uses`);
          }
        }
        return;
      }
      const here = listIn(file);
      const outside = here === null ? '' : besideOf(source);
      for (const { to, names } of importedBy(file)) {
        const shown = (where: string) => names.some((name) => new RegExp(`<${name}\\b`).test(where));
        if (here === null || shown(outside)) visit(to, around);
        if (here !== null && (!shown(outside) || [...source.matchAll(ELEMENT)].some(([all]) => shown(all))))
          visit(to, here);
      }
    };
    visit(entry, outer);
  };

  /** Returns the file of the innermost layout above a folder whose `ClientWords` encloses its pages. */
  const aboveOf = (folder: string): string | null => {
    for (let at = folder; at !== '.' && at !== '/'; at = path.posix.dirname(at)) {
      const layout = `${at}/layout.tsx`;
      if (listsOf(plain.get(layout) ?? '').some(({ aroundChildren }) => aroundChildren))
        return listIn(layout);
    }
    return null;
  };

  for (const file of sources.keys()) {
    const kind = ENTRY.exec(file)?.[1];
    if (!kind) continue;
    const folder = path.posix.dirname(file);
    // A layout is inside those above it. An error page that replaces all layouts is inside none.
    walk(
      file,
      kind === 'global-error' ? null : aboveOf(kind === 'layout' ? path.posix.dirname(folder) : folder),
    );
  }
  for (const [file, { names, asked }] of lists) {
    for (const name of names)
      if (always.includes(name)) found.add(`${file}: ClientWords lists '${name}', which every page has`);
      else if (!asked.has(name)) found.add(`${file}: ClientWords lists '${name}', which nothing inside uses`);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice) found.add(`${file}: ClientWords lists '${twice}' twice`);
  }
  return [...found].sort();
}
