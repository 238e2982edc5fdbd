import { endingAt } from './endings';
import { encodedLength } from './punycode';

/**
 * Finds the addresses that X turns into links, as X documents and publishes it: an address needs a known ending but no scheme, ends where
 * a character follows that no address has, and begins after anything but a letter, a digit or one of `@`, `#` and `$`.
 */
export interface Link {
  /** Offsets in UTF-16 code units. */
  start: number;
  end: number;
  url: string;
}

const SPACE = '\\t-\\r \\u0085\\u00A0\\u1680\\u180E\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000';
const PUNCTUATION = "!'#%&()*+,\\\\\\-./:;<=>?@\\[\\]^_{|}~$";
const NONCHARACTER = '\\uFFFE\\uFEFF\\uFFFF';
const DIRECTION = '\\u202A-\\u202E\\u061C\\u200E\\u200F\\u2066-\\u2069';
const ACCENTED =
  '\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u00FF\\u0100-\\u024F\\u0253\\u0254\\u0256\\u0257\\u0259\\u025B\\u0263\\u0268\\u026F\\u0272\\u0289\\u028B\\u02BB\\u0300-\\u036F\\u1E00-\\u1EFF';
const IN_HOST = `[^${SPACE}${PUNCTUATION}${NONCHARACTER}${DIRECTION}]`;
const IN_PATH = `[a-z\\u0400-\\u04FF0-9!*';:=+,.$/%#\\[\\]\\-\\u2013_~@|&${ACCENTED}]`;

const BEFORE = new RegExp(`[^A-Za-z0-9@\\uFF20$#\\uFF03${NONCHARACTER}]`);
const SCHEME = /https?:\/\//iy;
/** A part of a host name. Only those before the last two may contain an underscore, and none may begin or end with a sign. */
const LABEL = new RegExp(`${IN_HOST}(?:${IN_HOST}|[-_])*`, 'y');
const LATIN_LABEL = new RegExp(`[-a-z0-9${ACCENTED}]+`, 'iy');
const PORT = /:[0-9]+/y;
const PATH_CHARACTER = new RegExp(IN_PATH, 'i');
const ENDS_PATH = new RegExp(`[-+a-z\\u0400-\\u04FF0-9=_#/${ACCENTED}]`, 'i');
/** Brackets in a path belong to it if they are closed, in up to two levels. */
const BRACKETS = new RegExp(`\\((?:${IN_PATH}+|${IN_PATH}*\\(${IN_PATH}+\\)${IN_PATH}*)\\)`, 'iy');
const QUERY_CHARACTER = /[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]/i;
const ENDS_QUERY = /[a-z0-9\-_&=#/]/i;
const SHORT = /^https?:\/\/t\.co\/([a-z0-9]+)(?:\?[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]*[a-z0-9\-_&=#/])?/i;
const LONGEST_SLUG = 40;
const LONGEST_URL = 4096;

/** Returns the offset after what a sticky pattern matches at `at`, or null. */
function after(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Returns the offset after the longest run of labels and an ending that begins at `from`, or null. */
function hostEnd(text: string, from: number, label: RegExp): number | null {
  let end: number | null = null;
  for (let at = from; ; ) {
    const dot = after(label, text, at);
    if (dot === null || text[dot] !== '.') return end;
    const name = text.slice(at, dot);
    if (label === LABEL && /[-_]$/.test(name)) return end;
    if (!name.includes('_')) end = endingAt(text, dot + 1) ?? end;
    at = dot + 1;
  }
}

/** Returns the offset after a path whose slash is at `at`. Punctuation at its end belongs to the sentence. */
function pathEnd(text: string, at: number): number {
  let end = at + 1;
  for (let i = at + 1; i < text.length; ) {
    const character = text[i] ?? '';
    if (PATH_CHARACTER.test(character)) {
      i++;
      if (ENDS_PATH.test(character)) end = i;
      continue;
    }
    const closed = after(BRACKETS, text, i);
    if (closed === null) break;
    i = closed;
    end = closed;
  }
  return end;
}

/** Returns the offset after a query whose question mark is at `at`, or `at` if nothing follows that can end one. */
function queryEnd(text: string, at: number): number {
  let end = at;
  for (let i = at + 1; i < text.length && QUERY_CHARACTER.test(text[i] ?? ''); i++)
    if (ENDS_QUERY.test(text[i] ?? '')) end = i + 1;
  return end;
}

interface Candidate {
  start: number;
  host: number;
  hostEnd: number;
  hasPath: boolean;
  end: number;
}

function candidateAt(text: string, start: number): Candidate | null {
  const host = after(SCHEME, text, start) ?? start;
  const ends = hostEnd(text, host, LABEL);
  if (ends === null) return null;
  let end = after(PORT, text, ends) ?? ends;
  const hasPath = text[end] === '/';
  if (hasPath) end = pathEnd(text, end);
  if (text[end] === '?') end = queryEnd(text, end);
  return { start, host, hostEnd: ends, hasPath, end };
}

/** Returns the Latin host names in a longer one: without a scheme, X does not link the Chinese or Japanese words before them. */
function latinHosts(host: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let at = 0; at < host.length; ) {
    const end = hostEnd(host, at, LATIN_LABEL);
    if (end !== null) found.push({ start: at, end });
    at = end ?? at + 1;
  }
  return found;
}

/** Whether the labels of a host name are as short as the domain name system requires. */
function isHostName(host: string): boolean {
  if (host.startsWith('xn--') && latinHosts(host).length === 0) return false;
  return host.split('.').every((label) => {
    const length = encodedLength(label);
    return length > 0 && length <= 63;
  });
}

function linksOf(text: string, { start, host, hostEnd, hasPath, end }: Candidate): Link[] {
  const name = text.slice(host, hostEnd);
  const hasScheme = host > start;
  if (!isHostName(name) || end - start + (hasScheme ? host - start : 'https://'.length) > LONGEST_URL)
    return [];
  const link = (from: number, to: number): Link => ({ start: from, end: to, url: text.slice(from, to) });
  if (hasScheme) {
    const short = SHORT.exec(text.slice(start, end));
    if (!short) return [link(start, end)];
    return (short[1]?.length ?? 0) > LONGEST_SLUG ? [] : [link(start, start + short[0].length)];
  }
  if (start > 0 && /[-_./]/.test(text[start - 1] ?? '')) return [];
  const hosts = latinHosts(name);
  return hosts.map((each, i) =>
    link(host + each.start, i === hosts.length - 1 && hasPath ? end : host + each.end),
  );
}

/** Returns the links of a text in order. */
export function findLinks(text: string): Link[] {
  const found: Link[] = [];
  if (!text.includes('.')) return found;
  for (let at = 0; at < text.length; ) {
    const candidate =
      (BEFORE.test(text[at] ?? '') ? candidateAt(text, at + 1) : null) ??
      (at === 0 ? candidateAt(text, 0) : null);
    if (candidate) found.push(...linksOf(text, candidate));
    at = candidate ? candidate.end : at + 1;
  }
  return found;
}
