// Reads the imports of a file with a parser, including type imports and `import()`. Scripts that run before the install use imports.mjs.
import { parseSync, Visitor } from 'oxc-parser';

/** Returns the text of a literal without its quotes, or null for an expression. */
const literal = (source) => /^(['"`])((?:(?!\1)[^$\\])*)\1$/.exec(source)?.[2] ?? null;

/**
 * Returns the imports of a source text, re-exports included. `specifier` is null if it is computed. `names` are the imported values, empty for
 * types, null for the whole module. `deferred`: only when the code runs.
 */
export function moduleImports(source, file) {
  const { module, program } = parseSync(file, source);
  const found = [];
  const add = (specifier, entries, deferred = false) => {
    const values = entries.filter(({ isType }) => !isType).map(({ importName }) => importName);
    const whole = entries.length === 0 || values.some(({ kind }) => !['Name', 'Default'].includes(kind));
    found.push({ specifier, names: whole ? null : values.map(({ name }) => name ?? 'default'), deferred });
  };
  for (const { moduleRequest, entries } of module.staticImports) add(moduleRequest.value, entries);
  for (const { entries } of module.staticExports) {
    // The entries of one statement have one module, or none.
    const from = entries[0]?.moduleRequest;
    if (from) add(from.value, entries);
  }
  for (const { moduleRequest } of module.dynamicImports)
    add(literal(source.slice(moduleRequest.start, moduleRequest.end)), [], true);
  new Visitor({
    TSImportType: (node) => found.push({ specifier: node.source.value, names: [], deferred: false }),
  }).visit(program);
  return found;
}
