// Finds code that cuts a text at a code unit or code point, which may be inside an emoji or an accented letter. Texts are cut with
// `truncateText`, `truncateBytes` and `firstGrapheme` (server/foundation/storable.ts).
import { parseSync, Visitor } from 'oxc-parser';

/** The file that cuts texts for all others. */
const HELPERS = 'server/foundation/storable.ts';

/** Cuts of texts that are no natural language, by file. */
const EXCEPTIONS = new Map([
  ['inngest/embedded/conditions.ts', 'the quotation marks of an expression'],
  ['i18n/locales.ts', 'a header of language tags'],
  ['server/domains/accounts/client-of.ts', 'a network address'],
  ['server/domains/accounts/password.ts', 'a password: every version must hash the same characters'],
  ['server/domains/accounts/password-strength.ts', 'a password, which is never shown'],
  ['server/domains/preflight/similarity.ts', 'pieces for a comparison, which are never shown'],
  ['server/domains/generation/polish.ts', 'quotation marks, which are single characters'],
  ['server/domains/home/queries.ts', 'more than is shown; truncateText cuts the rest'],
  ['server/connectors/kit/personal-numbers.ts', 'an IBAN'],
  ['server/sandbox/shell/media.ts', 'Base64'],
  ['server/sandbox/x/endings.ts', 'a domain in an address'],
]);

/** Methods that only texts have and that cut them. */
const CUTTING = /^(substring|substr|charAt)$/;
/** Methods that return a text. */
const RETURNS_TEXT =
  /^(trim|trimStart|trimEnd|replace|replaceAll|normalize|toLowerCase|toUpperCase|toLocaleLowerCase|toLocaleUpperCase|padStart|padEnd|repeat|concat)$/;
/** Names of variables and fields that hold a text, not a list. */
const HOLDS_TEXT =
  /^(title|text|name|label|message|description|caption|prompt|subject|summary|excerpt|alt|note|comment|sentence|typed)$|[a-z](Title|Text|Name|Label|Message|Description|Caption)$/;
/** Names of limits. */
const LIMIT = /^[A-Z][A-Z\d_]*$|^(most|max|limit|length|size|count|room)$|[a-z](Max|Limit|Length)$/;

const WRAPPERS =
  /^(ChainExpression|ParenthesizedExpression|TSAsExpression|TSNonNullExpression|TSSatisfiesExpression)$/;
const bare = (node) => (node && WRAPPERS.test(node.type) ? bare(node.expression) : node);
const memberName = (node) =>
  node?.type === 'MemberExpression' && !node.computed ? node.property.name : undefined;

/** Whether a chain of calls begins with a digest, which has no characters to be cut. */
const isDigest = (node) =>
  node?.type === 'CallExpression' &&
  (/hash|digest|random/i.test(memberName(node.callee) ?? node.callee.name ?? '') ||
    (node.callee.type === 'MemberExpression' && isDigest(node.callee.object)));

/** Whether an expression is a text, judged by its form or its name. */
function isText(given) {
  const node = bare(given);
  switch (node?.type) {
    case 'TemplateLiteral':
      return true;
    case 'Literal':
      return typeof node.value === 'string';
    case 'Identifier':
      return HOLDS_TEXT.test(node.name);
    case 'MemberExpression':
      return HOLDS_TEXT.test(memberName(node) ?? '');
    case 'LogicalExpression':
      return isText(node.left) || isText(node.right);
    case 'ConditionalExpression':
      return isText(node.consequent) || isText(node.alternate);
    case 'CallExpression':
      return (
        !isDigest(node) &&
        (RETURNS_TEXT.test(memberName(node.callee) ?? '') ||
          (node.callee.type === 'Identifier' && node.callee.name === 'String'))
      );
    default:
      return false;
  }
}

/** Whether a bound of a slice is a limit and not a position that was found in the text. */
function isLimit(given) {
  const node = bare(given);
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'number';
    case 'UnaryExpression':
      return isLimit(node.argument);
    case 'Identifier':
      return LIMIT.test(node.name);
    case 'MemberExpression':
      return LIMIT.test(memberName(node) ?? '') && memberName(node) !== 'length';
    case 'BinaryExpression':
      return isLimit(node.left) || isLimit(node.right);
    default:
      return false;
  }
}

/** Whether an expression is the list of a text's code points: `[...title]` or `Array.from(title)`. */
function isCodePoints(given) {
  const node = bare(given);
  if (node?.type === 'ArrayExpression')
    return (
      node.elements.length === 1 &&
      node.elements[0]?.type === 'SpreadElement' &&
      isText(node.elements[0].argument)
    );
  return (
    node?.type === 'CallExpression' &&
    memberName(node.callee) === 'from' &&
    node.callee.object.name === 'Array' &&
    node.arguments.length === 1 &&
    isText(node.arguments[0])
  );
}

/** Returns the places of a file, by line, that cut a text between code units or code points. */
export function textCutsIn(source, file) {
  if (file === HELPERS || EXCEPTIONS.has(file)) return [];
  const found = [];
  const add = ({ start, end }) =>
    found.push({ line: source.slice(0, start).split('\n').length, text: source.slice(start, end) });
  new Visitor({
    CallExpression(node) {
      const method = memberName(node.callee);
      if (method === undefined) return;
      const { object } = node.callee;
      if (CUTTING.test(method)) add(node);
      else if (method === 'slice' && isCodePoints(object)) add(node);
      else if (
        method === 'slice' &&
        node.arguments.length === 2 &&
        isText(object) &&
        isLimit(node.arguments[1])
      )
        add(node);
      else if (method === 'at' && isCodePoints(object)) add(node);
    },
    MemberExpression(node) {
      if (
        !node.computed ||
        bare(node.property)?.type !== 'Literal' ||
        typeof node.property.value !== 'number'
      )
        return;
      if (isCodePoints(node.object) || isText(node.object)) add(node);
    },
    TaggedTemplateExpression(node) {
      if (node.tag.name !== 'sql') return;
      const text = node.quasi.quasis.map(({ value }) => value.raw).join('…');
      if (/\b(left|right|substr|substring)\s*\(/i.test(text)) add(node);
    },
  }).visit(parseSync(file, source).program);
  return found;
}
