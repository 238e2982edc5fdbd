// Parses the project's own code: what files declare, import and call, and the functions in its SQL.
import { parseSync } from 'oxc-parser';
import { resolve } from './imports.mjs';

/** Provides the declarations, imports and calls of a project's files. */
export function sourceCode(read) {
  const files = new Map();
  const exists = (file) => read(file) !== undefined;

  function fileOf(file) {
    const known = files.get(file);
    if (known) return known;
    const { program } = parseSync(file, read(file) ?? '');
    const imports = new Map();
    const declared = new Map();
    const add = (local, specifier, name) => {
      const to = resolve(specifier, file, exists);
      if (to) imports.set(local, { file: to, name });
    };
    const declare = (node) => {
      if (node?.type === 'FunctionDeclaration') declared.set(node.id.name, node);
      for (const each of node?.declarations ?? []) if (each.id.name) declared.set(each.id.name, each.init);
    };
    for (const node of program.body) {
      declare(node);
      if (node.type === 'ExportNamedDeclaration') declare(node.declaration);
      if (node.type === 'ImportDeclaration' && node.importKind !== 'type')
        for (const each of node.specifiers)
          if (each.imported && each.importKind !== 'type')
            add(each.local.name, node.source.value, each.imported.name);
    }
    for (const node of program.body)
      if (node.type === 'ExportNamedDeclaration' && !node.source)
        for (const { local, exported } of node.specifiers)
          if (declared.has(local.name)) declared.set(exported.name, declared.get(local.name));
    const nodes = walk(program, []);
    // `const { name } = await import('./file')`
    for (const node of nodes) {
      const loaded = node.type === 'VariableDeclarator' && node.init?.argument;
      if (loaded?.type === 'ImportExpression' && node.id.type === 'ObjectPattern')
        for (const { key, value } of node.id.properties)
          if (value?.name) add(value.name, loaded.source.value, key.name);
    }
    const one = { imports, declared, literals: nodes.map(({ value }) => value) };
    files.set(file, one);
    return one;
  }

  /** Resolves a name to its node: `name`, or `name.key.key` for a value inside an object. */
  function declared({ file, name }) {
    const [first, ...keys] = name.split('.');
    return keys.reduce((node, key) => keyOf(node, key), fileOf(file).declared.get(first));
  }

  /** Returns all nodes of a step's function and of the declarations that it uses in its own file. */
  function reached(step) {
    const start = declared(step);
    if (!start) return [];
    const own = fileOf(step.file).declared;
    const nodes = walk(start, []);
    const seen = new Set([start]);
    for (let i = 0; i < nodes.length; i++) {
      const next = nodes[i].type === 'Identifier' ? own.get(nodes[i].name) : undefined;
      if (!next || seen.has(next)) continue;
      seen.add(next);
      walk(next, nodes);
    }
    return nodes;
  }

  /** Returns the imports of its file that a step calls, renders as a component, or passes to a call. */
  function calls(step) {
    const { imports } = fileOf(step.file);
    const names = reached(step).flatMap((node) => {
      if (node.type === 'JSXOpeningElement') return [node.name.name];
      if (node.type !== 'CallExpression') return [];
      const given = node.arguments.flatMap((each) => walk(each, []));
      return [node.callee, ...given].map((each) => (each.type === 'Identifier' ? each.name : undefined));
    });
    const start = declared(step);
    if (start?.type === 'Identifier') names.push(start.name);
    return names.flatMap((name) => imports.get(name) ?? []);
  }

  return {
    declared,
    reached,
    calls,
    nodes: (node) => walk(node, []),
    imported: (file, name) => fileOf(file).imports.get(name),
    /** Returns the file that a specifier leads to. */
    fileAt: (file, specifier) => resolve(specifier, file, exists),
    literals: (file) => fileOf(file).literals,
    /** Returns the text of a database function. */
    sql({ file, name }) {
      const start = (read(file) ?? '')
        .replace(/--.*$/gm, '')
        .split(/^create or replace function tributary\./m);
      return start.slice(1).find((text) => text.startsWith(`${name}(`));
    },
  };
}

/** Returns the value of an object's key, looking through wrappers: `as const`, `satisfies`, a call. */
export function keyOf(node, key) {
  if (!node) return undefined;
  if (node.type === 'ObjectExpression') {
    const found = node.properties.find((each) => (each.key?.name ?? each.key?.value) === key);
    return found?.value;
  }
  if (node.expression) return keyOf(node.expression, key);
  for (const given of node.arguments ?? []) {
    const value = keyOf(given, key);
    if (value) return value;
  }
  return undefined;
}

const TYPES = new Set(['typeAnnotation', 'returnType', 'typeParameters', 'typeArguments']);
/** Collects all nodes of a tree except types and property names, which refer to nothing. */
export function walk(node, into) {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, into);
    return into;
  }
  if (typeof node?.type !== 'string') return into;
  into.push(node);
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || TYPES.has(key)) continue;
    if (key === 'property' && !node.computed) continue;
    if (key === 'key' && !node.computed) continue;
    walk(value, into);
  }
  return into;
}
