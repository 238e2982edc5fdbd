// Finds English sentences in code that may hold none: what people read comes from the catalogue (i18n/messages).
import { parseSync, Visitor } from 'oxc-parser';

/** Where sentences must not stand. */
export const WORDLESS =
  /^(db|server\/(domains|verbs|trpc|connectors|foundation)|inngest\/functions)\/.*\.(ts|sql)$/;

/** What people write or a model reads, and what only the person who starts the app reads; each with the reason. */
export const EXCEPTIONS = [
  { files: /^db\/(seed|migrations)\//, why: 'the demo’s content' },
  { files: /^server\/domains\/generation\/(offline\/|prompt)/, why: 'content for drafts and for the model' },
  { files: /^server\/domains\/topics\/catalogue\.ts$/, why: 'content: a topic’s audience, tone and samples' },
  {
    files:
      /^server\/foundation\/(env|secrets|private-files|proxies|database-address|open-doors|known-version)\.ts$/,
    why: 'told at the start, in the terminal',
  },
  {
    files:
      /^db\/(client|embedded-client|embedded-folder|folder-holder|folder-lock|known-version|login|reach-server|usable-server|step-down|session-settings|query-limits)\.ts$/,
    why: 'told at the start, in the terminal',
  },
];

/** Calls whose texts go to the log or name a place for tests. */
const LOG = /(^|\.)(info|warn|error|debug|trace|fatal|log|logBounded|logSenderFault|faultPoint|eachRow)$/;

const words = (text) => text.match(/\p{L}[\p{L}’'-]*/gu) ?? [];
/** Whether a text reads as English for a person: two words with a capital or an end, or four words. */
export function isSentence(text) {
  const plain = text.replace(/\s+/g, ' ').trim();
  if (!/\p{L}{2,}[,;:.]? \p{L}{1,}/u.test(plain)) return false;
  return /^[“"]?\p{Lu}/u.test(plain) || /[.!?]$/.test(plain) || words(plain).length >= 4;
}

/** The texts in single quotes in SQL, without those of comments. */
const quotedIn = (sql) => [...sql.replace(/--.*$/gm, '').matchAll(/'((?:[^']|'')*)'/g)].map((m) => m[1]);

function calleeName(node) {
  if (node?.type === 'Identifier') return node.name;
  if (node?.type === 'MemberExpression') return `.${node.property.name ?? ''}`;
  return '';
}

/** The sentences of a file, each with the line where it stands. */
export function sentencesIn(source, file) {
  const at = (offset) => source.slice(0, offset).split('\n').length;
  if (file.endsWith('.sql')) {
    const bare = source.replace(/--.*$/gm, (comment) => ' '.repeat(comment.length));
    return [...bare.matchAll(/'((?:[^']|'')*)'/g)]
      .filter((m) => isSentence(m[1]))
      .map((m) => ({ line: at(m.index), text: m[1] }));
  }
  const { program } = parseSync(file, source);
  const found = [];
  /** The ends of the nodes whose texts are for the log. */
  let quiet = 0;
  const look = (node, text) => {
    if (node.start >= quiet && isSentence(text)) found.push({ line: at(node.start), text });
  };
  const hush = (node) => {
    quiet = Math.max(quiet, node.end);
  };
  new Visitor({
    CallExpression(node) {
      if (LOG.test(calleeName(node.callee)) || node.callee.type === 'Super') hush(node);
    },
    NewExpression(node) {
      if (
        /^(\w*Error|UnexpectedOutput)$/.test(calleeName(node.callee)) &&
        calleeName(node.callee) !== 'AppError'
      )
        hush(node);
    },
    ImportDeclaration: hush,
    TSLiteralType: hush,
    TaggedTemplateExpression(node) {
      const text = node.quasi.quasis.map((part) => part.value.raw).join('…');
      if (node.start >= quiet)
        for (const quoted of quotedIn(text))
          if (isSentence(quoted)) found.push({ line: at(node.start), text: quoted });
      // The parts between are code, and are looked at as such.
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
const skipped = new WeakSet();
