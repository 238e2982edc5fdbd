// Finds code outside a platform's folders that knows the platform by name. Everything that goes by a platform's name is in
// server/connectors/<id>/ and server/sandbox/<id>/; other code asks what a platform declares.
import { parseSync } from 'oxc-parser';
import { isTestCode, resolve } from './imports.mjs';
import { moduleImports } from './module-record.mjs';

/** Files that may name platforms. */
const APART = [
  { files: /^server\/(connectors|sandbox)\/generated\//, why: 'lists, written by scripts/platforms.mjs' },
  {
    files: /^server\/foundation\/(platform-settings|http\/sandbox-bodies)\.ts$/,
    why: 'lists, written by scripts/platforms.mjs',
  },
  { files: /^i18n\/(messages\/[\w-]+|message-types)\.ts$/, why: 'lists, written by scripts/messages.mjs' },
  { files: /^db\/(seed|migrations)\//, why: 'content of the demo, and what installations have applied' },
  { files: /^(app\/\(marketing\)\/|i18n\/messages\/[\w-]+\/marketing\.json$)/, why: 'public texts' },
  { files: /^server\/domains\/billing\//, ids: ['stripe'], why: 'takes payments; this is no connection' },
  { files: /^server\/telegram\//, ids: ['telegram'], why: 'the assistant; this is no connection' },
  { files: /^server\/foundation\/search-key\.ts$/, ids: ['x'], why: 'the letter, for the sign ×' },
];

/** Attributes, properties and variables that hold styles: `variant="ghost"`. */
const STYLES = /^(variants?|dateStyle|timeStyle)$/i;
/** Platforms that are also a coordinate, an axis or a sign. */
const isShort = (id) => id.length < 3;

/** Returns the ids that must not appear in a file of the project: all but those that it may name. */
export function idsForbiddenIn(file, ids) {
  if (isTestCode(file)) return new Set();
  const own = /^server\/(?:connectors|sandbox)\/([\w-]+)\//.exec(file)?.[1];
  const apart = APART.filter(({ files }) => files.test(file));
  return new Set(ids.filter((id) => id !== own && !apart.some((one) => one.ids?.includes(id) ?? true)));
}

const either = (ids) => [...ids].join('|');
const isSetting = (name, ids) =>
  new RegExp(`^(?:${either(ids)})_(?:CLIENT_ID|CLIENT_SECRET|API_KEY|TOKEN|SECRET)$`, 'i').test(name);

/** Whether a key of a message or a path contains an id: `platforms.x.summary`, `/sandbox/x/2`. In SQL, `x.token` is a column. */
function isInPath(text, ids) {
  if (!/^[\w.:/-]+$/.test(text) || !/[.:/]/.test(text)) return false;
  const parts = text.replace(/^\w+:\/\/[^/]*/, '').split(/[.:/]/);
  return parts.some((part, i) => ids.has(part) && (i > 0 || !isShort(part)));
}

/** Whether a text names a platform. */
const names = (text, ids) =>
  ids.has(text) ||
  isSetting(text, ids) ||
  isInPath(text, ids) ||
  new RegExp(`\\bplatform:(?:${either(ids)})(?![\\w-])|'(?:${either(ids)})'`).test(text);

/** Whether a regular expression names a platform, as a word or as a part of a path. */
const patternNames = (pattern, ids) =>
  pattern
    .replaceAll('\\/', '/')
    .replace(/\\[a-z]/gi, ' ')
    .match(/[\w./:-]+/g)
    ?.some((word) => (ids.has(word) ? !isShort(word) : isInPath(word, ids))) ?? false;

const isNode = (value) => typeof value?.type === 'string';
const childrenOf = (node) => Object.values(node).flat().filter(isNode);
const keyOf = (property) =>
  property.computed ? undefined : (property.key?.name ?? property.key?.value ?? undefined);
const isRecord = (annotation, source) =>
  annotation && /\bRecord<|\[\w+ in |\[\w+: /.test(source.slice(annotation.start, annotation.end));

/** Returns the keys of a record of platforms: of an object that has several of them, has nothing else or is declared as a record. */
function recordKeys(properties, ids, declared) {
  const keys = properties.filter((property) => ids.has(keyOf(property)));
  const only = keys.length === properties.length && !keys.some((property) => isShort(keyOf(property)));
  return keys.length > 1 || declared || only ? keys : [];
}

/**
 * Returns the places of a file, by line, that name a platform: a text that is its id or contains it as a target (`platform:<id>`), as part
 * of a key or of a path, or in the name of a setting; a key in a record of platforms; an import from its folder. `ids` are those that the
 * file must not name.
 */
export function platformNamesIn(source, file, ids, exists) {
  if (ids.size === 0) return [];
  const found = [];
  const add = ({ start, end }) =>
    found.push({ line: source.slice(0, start).split('\n').length, text: source.slice(start, end) });
  const visit = (node, declared) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ImportExpression':
      case 'TSImportType':
        return;
      case 'ExportNamedDeclaration':
        if (node.source) return;
        break;
      case 'Literal':
        if (node.regex ? patternNames(node.regex.pattern, ids) : names(`${node.value}`, ids)) add(node);
        return;
      case 'Identifier':
        if (isSetting(node.name, ids)) add(node);
        break;
      case 'TemplateElement':
        if (names(node.value.cooked ?? '', ids)) add(node);
        return;
      case 'JSXText':
        return;
      case 'JSXAttribute':
        if (STYLES.test(node.name.name)) return;
        break;
      case 'Property':
        if (STYLES.test(keyOf(node) ?? '')) return;
        // Its key is judged with the whole object.
        if (isSetting(keyOf(node) ?? '', ids)) add(node.key);
        if (node.computed) visit(node.key, false);
        return visit(node.value, false);
      case 'VariableDeclarator':
        if (STYLES.test(node.id.name ?? '')) return;
        if (node.init) visit(node.init, isRecord(node.id.typeAnnotation, source));
        return visit(node.id, false);
      case 'TSSatisfiesExpression':
      case 'TSAsExpression':
        visit(node.typeAnnotation, false);
        return visit(node.expression, declared || isRecord(node.typeAnnotation, source));
      case 'ObjectExpression':
        for (const { key } of recordKeys(node.properties, ids, declared)) add(key);
        break;
      case 'TSTypeLiteral':
        for (const { key } of recordKeys(node.members, ids, false)) add(key);
        break;
      case 'TSInterfaceBody':
        for (const { key } of recordKeys(node.body, ids, false)) add(key);
        break;
    }
    for (const child of childrenOf(node)) visit(child, false);
  };
  visit(parseSync(file, source).program, false);
  for (const { specifier } of moduleImports(source, file)) {
    const to = specifier && resolve(specifier, file, exists);
    const folder = /^server\/(?:connectors|sandbox)\/([\w-]+)\//.exec(to || '')?.[1];
    if (!ids.has(folder)) continue;
    const start = source.indexOf(specifier);
    add({ start, end: start + specifier.length });
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Returns the places of a file of SQL that name a platform. */
export const platformNamesInSql = (source, ids) =>
  linesWith(source, ids.size > 0 ? new RegExp(`'(?:${either(ids)})'`) : null);

/** Returns the places of a file of the catalogue that choose words by a platform: its id as a key, or as a case of a message. */
export function platformNamesInMessages(source, ids) {
  const list = either(ids);
  return linesWith(
    source,
    list ? new RegExp(`"(?:${list})":|\\{\\s*\\w+,\\s*select,[^"]*[\\s}](?:${list})\\s*\\{`) : null,
  );
}

function linesWith(source, pattern) {
  return source
    .split('\n')
    .flatMap((text, i) => (pattern?.test(text) ? [{ line: i + 1, text: text.trim() }] : []));
}
