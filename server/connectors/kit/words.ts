import { storableText, truncateText } from '@/server/foundation/storable';
import { maskPersonalNumbers } from './personal-numbers';

const MAX = 160;
/** Characters of a text that are looked at. */
const MAX_READ = 4_000;
/** Words joined by dots, slashes and the like, such as the path of a field, or a constant. No key or token looks like that. */
const JOINED_WORDS =
  /^(?:\/?[A-Z]?[a-z]{1,19}(?:[._:/-]+[A-Z]?[a-z]{1,19})+[.:/]?|[A-Z]{1,19}(?:_[A-Z]{1,19})+\.?)$/;
/** The number of an account: "Your enrolled account [1234567890123456789] …". */
const ACCOUNT = /\[\d{15,}\]/g;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?\.?$/;
/** Characters of keys and tokens, also percent-encoded. */
const RUN = /[\w\-.:=+/%~]+/g;
const LONG = 20;
/** The rest of a key or an address that is broken over several lines. Unlike the words of a sentence, it mixes letters with digits or cases. */
const REST = String.raw`(?:[ \t]*[\r\n\u0085\u2028\u2029]+[ \t]*(?=[\w\-.:=+/%~]*(?:\d|[a-z][A-Z]))[\w\-.:=+/%~]{6,})`;
/** Addresses, also without a scheme if they begin with www or have parameters. */
const ADDRESS = new RegExp(
  String.raw`(?:\b[a-z][\w+.-]{0,40}:\/\/|\bwww\.|(?<![\w.@-])(?:[a-z\d-]{1,40}\.){1,5}[a-z]{2,10}(?:\/[^\s?#]{0,200})?[?#](?=[\w%-]+=))\S+${REST}*`,
  'gi',
);
const BROKEN = new RegExp(`…${REST}+`, 'g');
/** Values after the name of a secret. After a colon, which occurs in prose as well, only what contains a digit. */
const NAMED_SECRET =
  /(?<![a-z\d])((?:(?:access|refresh|id|api|app|auth|client|session)?[_-]?(?:token|secret|key|password|passwd|pwd|passphrase|passcode|signature|sig|code|sid)|session[_-]?id)(?:["']|%2[27])?\s*)(?:=\s*["']?[^\s"'&,;]+|:\s*["']?(?=[^\s"'&,;]*\d)[^\s"'&,;]{6,})/gi;
/** The same in a sentence. Codes are what people look up. */
const TOLD_SECRET =
  /(?<![a-z\d])((?:token|secret|api[ _-]?key|password|passwd|pwd|passphrase|passcode)\s+(?:is|was)\s+["']?)(?=[^\s"'&,;]*\d)[^\s"'&,;]{6,}/gi;
const AUTHORIZATION =
  /\b(authorization(?:["']|%2[27])?\s*[:=]\s*["']?)(?:(?:token|apikey|digest|key)\s+[^\s"',;]{6,}|(?=[^\s"',;]*\d)[^\s"',;]{6,})/gi;
const SCHEME = /\b(bearer|basic|oauth)(?:\s|\+|%(?:25)*20)+[\w\-.~+/=]{8,}/gi;
/** Keys and ids that their prefix gives away, however short: Stripe's, Meta's, Slack's, GitHub's, GitLab's and those of language models. */
const PREFIXED =
  /\b(?:[a-z]{2,6}_(?:(?:test|live)_)?(?=[A-Za-z*]*\d|[a-z*]*[A-Z])[A-Za-z0-9*]{8,}|EAA\w{6,}|xox[a-z]-\S+|(?:sk|pk|rk|glpat)-(?=[\w-]*[A-Z\d])[\w-]{8,})/g;

/** Before the @, it may have a quoted name. */
const QUOTED_E_MAIL = /"(?:[^"\r\n]|\\"){1,64}"(?=@|%(?:25)*40)/g;
const E_MAIL = /[^\s@<>"'(),:;]{1,64}(?:@|%(?:25)*40)[^\s@<>"'(),:;]*\p{L}[^\s@<>"'(),:;]*/gu;
/** Phone numbers: international, and national ones that begin with 0 or are grouped as in North America. Neither dates nor ids. */
const PHONE = new RegExp(
  [
    String.raw`(?:\+|(?<![\w.,-])00)[ ().-]{0,3}\d(?:[ ()./-]{0,3}\d){6,14}(?!\d)`,
    String.raw`(?<![\w.,-])(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d))\(?0\d{1,5}\)?[ /.-]{1,3}\d(?:[ /.-]?\d){4,10}(?!\d)`,
    String.raw`(?<![\w.,-])0\d{8,12}(?![\w.,])`,
    String.raw`(?<![\w.,-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)`,
  ].join('|'),
  'g',
);

/** Characters that are not seen, after one of ASCII. After others, they may be part of an emoji or of a word. */
const UNSEEN = /(?<=^|[\t-\r -~])(?:(?![\t-\r\u0085])[\p{Default_Ignorable_Code_Point}\p{Cc}\uFFFD])+/gu;
const PERCENT = /%(?:25)*([2-7][\da-f])/gi;

/** Returns a text in which a key is written as usual: in ASCII, without unseen characters within it, and not percent-encoded. */
function plainly(text: string): string {
  return text
    .replace(/\P{ASCII}/gu, (character) => {
      const ascii = /[\u2010\u2011]/.test(character) ? '-' : character.normalize('NFKC');
      return /^[!-~]$/.test(ascii) ? ascii : character;
    })
    .replace(UNSEEN, '')
    .replace(RUN, (run) => {
      // A longer one is not shown.
      if (run.length >= LONG) return run;
      return run.replace(PERCENT, (code, digits: string) => {
        const character = String.fromCharCode(Number.parseInt(digits, 16));
        return /[\w\-.:=+/~]/.test(character) ? character : code;
      });
    });
}

/** Returns the beginning of a long text, without the word at its end, of which a part could not be recognized as a key. */
const beginningOf = (text: string): string =>
  text.length <= MAX_READ ? text : `${/^[\s\S]*\s/.exec(truncateText(text, MAX_READ))?.[0] ?? ''}…`;

const maskSecrets = (plain: string): string =>
  plain
    .replace(ADDRESS, '')
    .replace(NAMED_SECRET, '$1…')
    .replace(TOLD_SECRET, '$1…')
    .replace(SCHEME, '$1 …')
    .replace(AUTHORIZATION, '$1…')
    .replace(PREFIXED, '…')
    .replace(ACCOUNT, '[…]')
    .replace(RUN, (run) => (run.length < LONG || JOINED_WORDS.test(run) || INSTANT.test(run) ? run : '…'))
    .replace(BROKEN, '…');

const maskPersonalData = (plain: string): string =>
  maskPersonalNumbers(plain.replace(QUOTED_E_MAIL, '…').replace(E_MAIL, '…')).replace(PHONE, '…');

/** Returns the beginning of a text as it is if `mask` finds nothing in it. */
function masked(text: string, mask: (plain: string) => string): string {
  const beginning = beginningOf(text);
  const plain = plainly(beginning);
  const clean = mask(plain);
  return clean === plain ? beginning : clean;
}

/** Returns a value of a platform's response without web addresses, e-mail addresses, phone numbers and anything that could be a secret. */
export const withoutPrivateData = (text: string): string =>
  masked(text, (plain) => maskSecrets(maskPersonalData(plain.replace(ADDRESS, '…'))));

/**
 * Makes a platform's message safe to show: one short line without addresses, control characters or anything that could be a secret. Cut
 * between two user-perceived characters.
 */
export function safeVendorMessage(raw: unknown): string {
  const words = masked(storableText(typeof raw === 'string' ? raw : ''), maskSecrets)
    // Controls, including those that reverse the direction of a text.
    .replace(/[\p{Cc}\p{Cs}\s\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (words.length <= MAX) return words;
  return `${truncateText(words, MAX - 1).trimEnd()}…`;
}
