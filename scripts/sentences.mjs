// Finds English sentences in code that must not contain any, because texts for users come from the catalogue (i18n/messages).
import { parseSync, Visitor } from 'oxc-parser';

/** Files that must not contain sentences. */
const WORDLESS = /^(db|emails|app\/api|server\/(domains|verbs|trpc|connectors))\/.*\.(tsx?|sql)$/;

/** Files whose texts are users' content, or are read only by a model or by the person who starts the app. */
const EXCEPTIONS = [
  {
    files: /^db\/(seed|migrations|setup)\//,
    why: 'content of the demo, and scripts that a database owner runs once',
  },
  {
    files: /^server\/domains\/generation\/(offline\/|instructions\.ts)/,
    why: 'content for drafts and prompts',
  },
  { files: /^server\/domains\/topics\/catalogue\.ts$/, why: 'content: a topic’s audience, tone and samples' },
  { files: /^server\/domains\/files\/detect-kind\.ts$/, why: 'file name extensions' },
  { files: /^db\/(?!schema\/)[\w-]+\.ts$/, why: 'printed at the start, in the terminal and in the log' },
];

/** Whether a file of the project must not contain English sentences. */
export const mustHaveNoSentences = (file) =>
  WORDLESS.test(file) && !EXCEPTIONS.some(({ files }) => files.test(file));

/** Calls whose texts are for the log or name a location for tests. Functions among their arguments are checked like any other code. */
const LOG =
  /(^|\.)(info|warn|error|debug|trace|fatal|log|logBounded|logSenderFault|faultPoint|logRetry|raw|assertNoneFailed)$/;
/** Calls that describe their work for the log in the option `what`. */
const BATCH = /^(eachRow|eachPagedRow)$/;
const isFunction = (node) => /^(ArrowFunction|Function)Expression$/.test(node.type);

const words = (text) => text.match(/\p{L}[\p{L}’'-]*/gu) ?? [];
/**
 * Whether a text reads as an English sentence: two words with a capital or final punctuation, or four words. Markup, styles and SQL do not
 * count.
 */
export function isSentence(text) {
  const plain = text.replace(/\s+/g, ' ').trim();
  if (!/\p{L}{2,}[,;:.]? \p{L}{1,}/u.test(plain) || !/(^|[\s“…])\p{Ll}{2,}/u.test(plain)) return false;
  // In markup, only the text between the tags counts.
  if (/^[<…]*<[a-z!]/i.test(plain)) return isSentence(plain.replace(/<[^>]*>/g, ' … ').replace(/…/g, ' '));
  // Media types, borders and fonts.
  if (/^[\w.+-]+\/[\w.+-]+; charset=|^\d+px [a-z]+ #|, (sans-serif|monospace)$/.test(plain)) return false;
  if (/^[:\w.#]+ ?\{|^[\w.]+\(|^\(select |; filename=/.test(plain)) return false;
  if (
    /^(select|insert|update|delete|create|drop|alter|grant|revoke|with|set|case|exists|lock) /i.test(plain) &&
    !/[.!?]$/.test(plain)
  )
    return false;
  return /^[“"]?\p{Lu}/u.test(plain) || /[.!?]$/.test(plain) || words(plain).length >= 4;
}

/** Returns the single-quoted texts in SQL, ignoring comments. */
const quotedIn = (sql) => [...sql.replace(/--.*$/gm, '').matchAll(/'((?:[^']|'')*)'/g)].map((m) => m[1]);

function calleeName(node) {
  if (node?.type === 'Identifier') return node.name;
  if (node?.type === 'MemberExpression') return `.${node.property.name ?? ''}`;
  return '';
}

/** Parts of tagged templates that were already checked. */
const skipped = new WeakSet();

/** Returns the sentences of a file with their line numbers. */
export function sentencesIn(source, file) {
  const at = (offset) => source.slice(0, offset).split('\n').length;
  if (file.endsWith('.sql')) {
    const bare = source.replace(/--.*$/gm, (comment) => ' '.repeat(comment.length));
    return [...bare.matchAll(/'((?:[^']|'')*)'/g)]
      .filter(
        (m) =>
          isSentence(m[1]) &&
          // Exceptions raised by a guard are for the author of the wrong statement, and a function's parameter list is not a sentence.
          !/raise exception\s*$/.test(bare.slice(0, m.index)) &&
          !/^[\w.]+\(/.test(m[1]),
      )
      .map((m) => ({ line: at(m.index), text: m[1] }));
  }
  const { program } = parseSync(file, source);
  const found = [];
  /** Nodes whose texts are for the log. */
  const quiet = [];
  const isQuiet = ({ start }) => quiet.some((node) => node.start <= start && start < node.end);
  const look = (node, text) => {
    if (isSentence(text) && !isQuiet(node)) found.push({ line: at(node.start), text });
  };
  const hush = (node) => {
    quiet.push(node);
  };
  new Visitor({
    CallExpression(node) {
      const called = source.slice(node.callee.start, node.callee.end);
      if (LOG.test(calleeName(node.callee)) || called.includes('log()') || node.callee.type === 'Super')
        for (const argument of node.arguments) if (!isFunction(argument)) hush(argument);
      if (BATCH.test(calleeName(node.callee)))
        for (const { key, value } of node.arguments.flatMap((one) => one.properties ?? []))
          if (key?.name === 'what') hush(value);
    },
    NewExpression(node) {
      if (
        /^(\w*Error|UnexpectedOutput)$/.test(calleeName(node.callee)) &&
        calleeName(node.callee) !== 'AppError'
      )
        hush(node);
    },
    ThrowStatement({ argument }) {
      if (
        argument.type === 'NewExpression' &&
        !/^(AppError|ConnectorFault)$/.test(calleeName(argument.callee))
      )
        hush(argument);
    },
    // Sample values of an e-mail template.
    VariableDeclarator({ id, init }) {
      if (file.startsWith('emails/') && id.name === 'preview' && init) hush(init);
    },
    JSXText(node) {
      const text = node.value.trim();
      if (/\p{L}{2,}/u.test(text)) found.push({ line: at(node.start), text });
    },
    // The vendors' own messages, to be recognized.
    Property(node) {
      if (node.key.name === 'grantOver') hush(node.value);
    },
    ImportDeclaration: hush,
    TSLiteralType: hush,
    TaggedTemplateExpression(node) {
      const text = node.quasi.quasis.map((part) => part.value.raw).join('…');
      if (!isQuiet(node))
        for (const quoted of quotedIn(text))
          if (isSentence(quoted)) found.push({ line: at(node.start), text: quoted });
      // The expressions between the parts are code and are checked as such.
      for (const part of node.quasi.quasis) skipped.add(part);
    },
    TemplateLiteral(node) {
      if (node.quasis.some((part) => skipped.has(part))) return;
      look(node, node.quasis.map((part) => part.value.cooked ?? part.value.raw).join('…'));
    },
    Literal(node) {
      if (typeof node.value === 'string') look(node, node.value);
    },
  }).visit(program);
  return found;
}
