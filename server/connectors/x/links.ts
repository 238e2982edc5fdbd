import idna from 'twitter-text/dist/lib/idna.js';
import impossibleBefore from 'twitter-text/dist/regexp/invalidUrlWithoutProtocolPrecedingChars.js';
import countryDomain from 'twitter-text/dist/regexp/validCCTLD.js';
import genericDomain from 'twitter-text/dist/regexp/validGTLD.js';
import port from 'twitter-text/dist/regexp/validPortNumber.js';
import punycode from 'twitter-text/dist/regexp/validPunycode.js';
import tcoLink from 'twitter-text/dist/regexp/validTcoUrl.js';
import path from 'twitter-text/dist/regexp/validUrlPath.js';
import queryCharacter from 'twitter-text/dist/regexp/validUrlQueryChars.js';
import lastOfQuery from 'twitter-text/dist/regexp/validUrlQueryEndingChars.js';
import { ASCII, BEFORE, DOMAIN, isAt } from './characters';

/**
 * Finds links exactly as twitter-text's `extractUrlsWithIndices`, with its own patterns and in the same order, but in linear time. That
 * function tries a domain from every character, and each time reads all labels that follow.
 */

/** A dot and the top-level domain after it. */
const ENDING = new RegExp(`\\.(?:${genericDomain.source}|${countryDomain.source}|${punycode.source})`, 'gi');
const PROTOCOL = /https?:\/\//iy;
/** What follows a domain. The first group is the path. */
const REST = new RegExp(
  `(?::${port.source})?(\\/${path.source}*)?(?:\\?${queryCharacter.source}*${lastOfQuery.source})?`,
  'iy',
);
const DEFAULT_PROTOCOL = 'https://';
const LONGEST_URL = 4_096;
const LONGEST_LABEL = 63;
const LONGEST_SLUG = 40;

export interface XLink {
  start: number;
  end: number;
  /** Number of code units that count as the link. Not always all of them, if its domain contains several. */
  counted: number;
}

interface Ending {
  dot: number;
  end: number;
}

function endingsOf(text: string): Ending[] {
  const found: Ending[] = [];
  // `matchAll` would copy this long pattern for every text.
  ENDING.lastIndex = 0;
  for (let match = ENDING.exec(text); match; match = ENDING.exec(text))
    found.push({ dot: match.index, end: ENDING.lastIndex });
  return found;
}

/** Where the labels before a dot begin, of which each is followed by a dot, or -1 if there is none. */
type Beginnings = ReadonlyMap<number, number>;

/**
 * Returns where a domain can begin at the earliest that continues with the label before this dot, or -1. A label begins and ends with a
 * character of domains.
 */
function beginningBefore(text: string, dot: number, within: string, earlier: Beginnings): number {
  if (!isAt(text, dot - 1, DOMAIN)) return -1;
  let boundary = dot - 1;
  let first = boundary;
  for (; boundary >= 0; boundary--)
    if (isAt(text, boundary, DOMAIN)) first = boundary;
    else if (!within.includes(text[boundary] ?? '')) break;
  const whole = boundary >= 0 && text[boundary] === '.' && first === boundary + 1;
  const chain = whole ? (earlier.get(boundary) ?? -1) : -1;
  return chain >= 0 ? chain : first;
}

/** Returns for every offset the last ending of the domain that begins there, as an index of `endings`, or -1. */
function domainsFrom(text: string, endings: readonly Ending[]): Int32Array {
  const beginnings = new Map<number, number>();
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1))
    beginnings.set(dot, beginningBefore(text, dot, '-_', beginnings));
  const last = new Int32Array(text.length).fill(-1);
  let filledFrom = text.length;
  for (let i = endings.length - 1; i >= 0; i--) {
    const { dot } = endings[i] as Ending;
    // The label before a top-level domain contains no underscore.
    const from = beginningBefore(text, dot, '-', beginnings);
    if (from < 0) continue;
    last.fill(i, from, Math.min(dot, Math.max(from, filledFrom)));
    filledFrom = Math.min(filledFrom, from);
  }
  return last;
}

/** Returns the parts of a domain that are links without https://, as offsets within it. */
function asciiDomainsIn(domain: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  /** Beginning of the run of labels that is being read, or -1. */
  let run = -1;
  let at = 0;
  const take = (start: number, end: number) => {
    const before = found.at(-1);
    // Of several endings in one run of labels, the last counts.
    if (before?.start === start) before.end = end;
    else found.push({ start, end });
  };
  for (const { dot, end } of endingsOf(domain)) {
    for (; at < dot; at++)
      if (isAt(domain, at, ASCII)) run = run < 0 ? at : run;
      else if (domain[at] !== '.' || !isAt(domain, at - 1, ASCII)) run = -1;
    if (run >= 0 && isAt(domain, dot - 1, ASCII)) take(run, end);
  }
  return found;
}

/** Whether X accepts the labels of a domain. */
function isValidDomain(domain: string): boolean {
  // An encoded label has at least as many characters, and encoding takes quadratic time.
  if (domain.split('.').some((label) => [...label].length > LONGEST_LABEL)) return false;
  if (domain.startsWith('xn--') && asciiDomainsIn(domain).length === 0) return false;
  // The label in front skips the same check there, which would take quadratic time.
  return idna.toAscii(`a.${domain}`) !== undefined;
}

/** Returns the links of a text as X finds them. */
export function linksIn(text: string): XLink[] {
  const endings = endingsOf(text);
  if (endings.length === 0) return [];
  const last = domainsFrom(text, endings);
  const found: XLink[] = [];

  /** Reads a link that begins at `start`. Returns its end, or -1 if there is none. */
  const readLink = (before: string, start: number): number => {
    PROTOCOL.lastIndex = start;
    const protocol = PROTOCOL.exec(text)?.[0] ?? '';
    const from = start + protocol.length;
    const ending = isAt(text, from, DOMAIN) ? endings[last[from] ?? -1] : undefined;
    if (!ending) return -1;
    REST.lastIndex = ending.end;
    const rest = REST.exec(text);
    const end = ending.end + (rest?.[0].length ?? 0);
    const domain = text.slice(from, ending.end);
    if ((protocol || DEFAULT_PROTOCOL).length + end - start > LONGEST_URL || !isValidDomain(domain))
      return end;
    if (protocol) {
      const short = tcoLink.exec(text.slice(start, end));
      if ((short?.[1] ?? '').length > LONGEST_SLUG) return end;
      const length = short ? short[0].length : end - start;
      found.push({ start, end: start + length, counted: length });
    } else if (!impossibleBefore.test(before)) {
      const parts = asciiDomainsIn(domain);
      for (const [i, part] of parts.entries()) {
        const length = part.end - part.start;
        const withPath = i === parts.length - 1 && rest?.[1];
        found.push({
          start: start + part.start,
          end: withPath ? end : start + part.end,
          counted: withPath ? length + end - ending.end : length,
        });
      }
    }
    return end;
  };

  for (let at = 0; at < text.length; ) {
    let end = isAt(text, at, BEFORE) ? readLink(text[at] ?? '', at + 1) : -1;
    if (end < 0 && at === 0) end = readLink('', 0);
    at = end < 0 ? at + 1 : end;
  }
  return found;
}
