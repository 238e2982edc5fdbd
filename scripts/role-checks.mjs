// Finds code that checks a role instead of a permission: see docs/decisions/0023-verbs-and-domains.md.
import { parseSync, Visitor } from 'oxc-parser';

/** The only file that knows what each role allows. */
export const ROLE_FILE = 'server/verbs/permissions.ts';

/** Returns the names of the roles, as `source` (the text of `ROLE_FILE`) declares them. */
export function roleNames(source) {
  const [, list] = /export const ROLES = \[([^\]]+)\]/.exec(source) ?? [];
  const names = [...(list ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name);
  if (names.length === 0) throw new Error(`${ROLE_FILE} declares no ROLES`);
  return new Set(names);
}

/**
 * Returns the places of a file, by line, that compare with a role: with `===` and its like, in a `switch`, or by looking it up in a list or
 * set of roles.
 */
export function roleChecksIn(source, file, roles) {
  const found = [];
  const add = ({ start, end }) =>
    found.push({ line: source.slice(0, start).split('\n').length, text: source.slice(start, end) });
  const isRole = (node) => node?.type === 'Literal' && roles.has(node.value);
  const isRoleField = (node) => {
    const inner = node?.type === 'ChainExpression' ? node.expression : node;
    return (inner?.type === 'MemberExpression' ? inner.property : inner)?.name === 'role';
  };
  const isConstant = (node) => node.type === 'Literal' && node.value === null;
  new Visitor({
    BinaryExpression(node) {
      if (!/^[!=]==?$|^[<>]=?$/.test(node.operator)) return;
      const { left, right } = node;
      if (isRole(left) || isRole(right)) add(node);
      else if ((isRoleField(left) && !isConstant(right)) || (isRoleField(right) && !isConstant(left)))
        add(node);
    },
    SwitchStatement(node) {
      if (isRoleField(node.discriminant) || node.cases.some(({ test }) => isRole(test)))
        add(node.discriminant);
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== 'MemberExpression' || !/^(includes|has|indexOf)$/.test(callee.property.name))
        return;
      if (node.arguments.some((argument) => isRole(argument) || isRoleField(argument))) add(node);
    },
  }).visit(parseSync(file, source).program);
  return found;
}
