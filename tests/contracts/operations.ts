import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { isTestCode } from '@/scripts/imports.mjs';

interface Node {
  type: string;
  [key: string]: unknown;
}

/** Returns the names of all operations that a connector requests, read from its source. Throws if a name cannot be read. */
export function operationsOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => file.endsWith('.ts') && !isTestCode(file));
  return operationsIn(new Map(files.map((file) => [file, readFileSync(file, 'utf8')])));
}

/**
 * Finds `operation: 'name'` in a request, `op('name', …)` and `op.get('name', …)`, and the argument `operation` of a function that passes it on. `sources` are the
 * texts of a connector's files by name.
 */
export function operationsIn(sources: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  const passedOn = new Map<string, number>();
  const trees = [...sources].map(([file, text]) => ({ file, program: parseSync(file, text).program }));
  for (const { program } of trees) {
    const note = (name: string | undefined, params: unknown) => {
      const at = (params as Node[]).findIndex((p) => p.type === 'Identifier' && p.name === 'operation');
      if (name !== undefined && at >= 0) passedOn.set(name, at);
    };
    new Visitor({
      FunctionDeclaration: (node) => note(node.id?.name, node.params),
      VariableDeclarator: (node) => {
        if (node.init?.type === 'ArrowFunctionExpression' && node.id.type === 'Identifier')
          note(node.id.name, node.init.params);
      },
    }).visit(program);
  }
  for (const { file, program } of trees) {
    const add = (node: unknown) => {
      const names = literals(node as Node | undefined);
      if (names === null) throw new Error(`${file} has an operation whose name is computed`);
      for (const name of names) found.add(name);
    };
    new Visitor({
      Property: (node) => {
        const key = node.key as unknown as Node;
        if (node.shorthand || (key.name ?? key.value) !== 'operation') return;
        add(node.value);
      },
      CallExpression: (node) => {
        const callee = node.callee as unknown as Node;
        const name = nameOf(callee.type === 'MemberExpression' ? (callee.object as Node) : callee);
        // One that is passed on is read where its name is given.
        if (name === 'op' && nameOf(node.arguments[0] as unknown as Node) !== 'operation')
          add(node.arguments[0]);
        if (name === undefined || callee.type !== 'Identifier') return;
        const at = passedOn.get(name);
        if (at !== undefined) add(node.arguments[at]);
      },
    }).visit(program);
  }
  return [...found].sort();
}

const nameOf = (node: Node | undefined): string | undefined =>
  node?.type === 'Identifier' ? String(node.name) : undefined;

/** Returns the strings that an expression can be, or null. */
function literals(node: Node | undefined): string[] | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node?.type === 'TSAsExpression') return literals(node.expression as Node);
  if (node?.type !== 'ConditionalExpression') return null;
  const [a, b] = [literals(node.consequent as Node), literals(node.alternate as Node)];
  return a && b ? [...a, ...b] : null;
}
