import { decodeHtml, textOfMarkup } from './html-text';
import { safeVendorMessage } from './words';

/** Sentences about a failure, in the order of preference within one object. */
const MESSAGES = [
  'error_user_msg',
  'user_message',
  'userMessage',
  'localizedMessage',
  'error_description',
  'errorDescription',
  'detail',
  'message',
  'error_message',
  'errorMessage',
  'error_msg',
  'msg',
  'description',
  'reason',
  'summary',
] as const;
const TITLES = ['error_user_title', 'error', 'title', 'faultstring'] as const;
const CODES = ['code', 'error_code', 'errorCode', 'type'] as const;
/** Lists, or maps by field, of the single problems. */
const LISTS = [
  'errors',
  'error_list',
  'errorList',
  'error_messages',
  'errorMessages',
  'details',
  'problems',
  'violations',
  'issues',
  'fieldErrors',
  'field_errors',
  'invalid_params',
  'invalid-params',
  'messages',
] as const;
const WRAPPERS = ['error', 'fault', 'debug_info', 'meta'] as const;
const FIELDS = ['path', 'field', 'param', 'parameter', 'property', 'pointer', 'location', 'name'] as const;

const MAX_ITEMS = 20;
const MAX_DEPTH = 5;
/** Characters of one phrase, and of all of them, that are looked at. Servers are run by anybody. */
const MAX_PHRASE = 2_000;
const MAX_SAID = 4_000;
/** Characters of a plain text that are looked at. */
const MAX_RAW = 20_000;

interface Said {
  /** About one field or part. */
  specific: string[];
  general: string[];
  /** What a program reads. Shown only if there is nothing else. */
  codes: string[];
}
type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the text of a value: itself, or its English or else first translation. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MAX_PHRASE).trim();
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.slice(0, MAX_ITEMS).join(' ').slice(0, MAX_PHRASE).trim();
  if (!isObject(value)) return '';
  for (const key of ['value', 'text', 'message'])
    if (typeof value[key] === 'string') return textOf(value[key]);
  if (isObject(value.localized)) return textOf(value.localized);
  const translations = Object.entries(value).filter(
    (one): one is [string, string] =>
      /^[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$/.test(one[0]) && typeof one[1] === 'string',
  );
  return (
    (translations.find(([language]) => /^en/.test(language)) ?? translations[0])?.[1]
      .slice(0, MAX_PHRASE)
      .trim() ?? ''
  );
}
const firstText = (node: Json, keys: readonly string[]): string => {
  for (const key of keys) {
    // An object there is an error of its own.
    if (key === 'error' && typeof node[key] !== 'string') continue;
    const text = textOf(node[key]);
    if (text) return text;
  }
  return '';
};
/** Whether a text is a sentence or a phrase, and not an identifier such as `invalid_request` or an address. */
const isProse = (text: string): boolean => /\s/.test(text) || /^\p{L}+[.!]?$/u.test(text);

/** Returns the name of the field that a problem is about: `title` for the path `/title/1`. */
function fieldOf(node: Json): string {
  const given = FIELDS.map((key) => node[key]).find((value) => value !== undefined && value !== null);
  const parts = Array.isArray(given) ? given : typeof given === 'string' ? given.split(/[/.]/) : [];
  if (parts.length === 0 && isObject(node.source)) return fieldOf(node.source);
  const names = parts.filter((part): part is string => typeof part === 'string' && /^[a-z_]\w*$/i.test(part));
  const [name = ''] = names.slice(-1);
  return name.length <= 40 ? name : '';
}

function read(node: unknown, said: Said, listed: boolean, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (typeof node === 'string') {
    const text = node.slice(0, MAX_PHRASE).trim();
    if (text) (listed ? said.specific : said.general).push(text);
    return;
  }
  if (Array.isArray(node)) {
    for (const one of node.slice(0, MAX_ITEMS)) read(one, said, true, depth + 1);
    return;
  }
  if (!isObject(node)) return;
  const message = firstText(node, MESSAGES);
  const title = firstText(node, TITLES);
  const field = listed ? fieldOf(node) : '';
  const text = message || (isProse(title) ? title : '');
  if (text)
    (listed ? said.specific : said.general).push(
      field && !text.toLowerCase().includes(field.toLowerCase()) ? `${field}: ${text}` : text,
    );
  else if (title) said.codes.push(title);
  else {
    const code = firstText(node, CODES);
    if (code && code !== 'about:blank') said.codes.push(code);
  }
  for (const key of LISTS) {
    const list = node[key];
    if (Array.isArray(list)) read(list, said, true, depth + 1);
    else if (isObject(list)) readByField(list, said, depth + 1);
    else if (typeof list === 'string' && list !== text) read(list, said, true, depth + 1);
  }
  for (const key of WRAPPERS) {
    const inner = node[key];
    if (isObject(inner) || Array.isArray(inner)) read(inner, said, listed, depth + 1);
  }
}

/** Reads problems by field: `{ title: ["is too long"], tags: { message: "…" } }`. */
function readByField(fields: Json, said: Said, depth: number): void {
  for (const [field, value] of Object.entries(fields).slice(0, MAX_ITEMS)) {
    const texts = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
    const known = texts.filter(Boolean);
    if (known.length === 0) read(value, said, true, depth + 1);
    for (const text of known) said.specific.push(/^\d+$/.test(field) ? text : `${field}: ${text}`);
  }
}

const unique = (texts: readonly string[]): string[] => {
  const seen = new Set<string>();
  return texts.filter((text) => {
    const key = text.toLowerCase().replace(/[\s.!]+$/u, '');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Returns the first phrases, as many as fit together, and at least one. */
function withinTotal(phrases: readonly string[]): string[] {
  let left = MAX_SAID;
  return phrases.filter((phrase, i) => {
    left -= phrase.length;
    return i === 0 || left >= 0;
  });
}

/**
 * Returns everything that a platform's error response says, the most specific first, whatever its shape: one error or a list, nested or not,
 * problem details (RFC 9457), an OAuth error (RFC 6749, 5.2), texts by field, translations, plain text, or an HTML page. Empty if it says
 * nothing. HTML entities are decoded once, because some platforms escape some of their errors. The texts are the vendor's own and not yet
 * safe to show; see `vendorWords`.
 *
 * @param body the parsed JSON, or anything else if the response is not JSON
 * @param raw the response as it came
 */
export function vendorPhrases(body: unknown, raw: string): string[] {
  const isJson = typeof body === 'string' || (typeof body === 'object' && body !== null);
  if (!isJson && /^\s*</.test(raw)) return [textOfMarkup(raw)].filter(Boolean);
  const said: Said = { specific: [], general: [], codes: [] };
  if (isJson) read(body, said, false, 0);
  else if (typeof body === 'symbol') said.general.push(raw.slice(0, MAX_RAW).trim());
  const decoded = (texts: readonly string[]) =>
    withinTotal(unique(texts.map((text) => decodeHtml(text).trim()).filter(Boolean)));
  const phrases = decoded([...said.specific, ...said.general]);
  return phrases.length > 0 ? phrases : decoded(said.codes);
}

/** Advice in a refusal to repeat the request later. The refusal then is temporary, whatever its status. */
export const RETRY_ADVISED = /\b(?:re)?try\b.{0,20}\b(?:later|in a (?:few|moment|minute|while))/i;
/** Returns the phrases as one line that is safe to show; empty if there is nothing to show. */
export function vendorWords(phrases: readonly string[]): string {
  const sentences = phrases.map((phrase, index) =>
    index < phrases.length - 1 && !/[.!?:;…]\s*$/u.test(phrase) ? `${phrase}.` : phrase,
  );
  return safeVendorMessage(sentences.join(' '));
}
