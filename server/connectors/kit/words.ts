import { storableText, truncateText } from '@/server/foundation/storable';

const MAX = 160;
/** Words joined by dots, slashes and the like, such as the path of a field. No key or token looks like that. */
const JOINED_WORDS = /^\/?[a-z]{1,19}(?:[._:/-]+[a-z]{1,19})+[.:/]?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?\.?$/;
/** Values after the name of a secret. After a colon, which occurs in prose as well, only what contains a digit. */
const NAMED_SECRET =
  /\b((?:access|refresh|id|api|app|auth|client|session)?[_-]?(?:token|secret|key|password|passwd|signature|sig|code)["']?\s*)(?:=\s*["']?[^\s"'&,;]+|:\s*["']?(?=[^\s"'&,;]*\d)[^\s"'&,;]{6,})/gi;
const SCHEME = /\b(bearer|basic|oauth)\s+[\w\-.~+/=]{8,}/gi;
/** Keys and ids that their prefix gives away, however short: Stripe's, Meta's, Slack's and GitHub's. */
const PREFIXED =
  /\b(?:[a-z]{2,6}_(?:(?:test|live)_)?(?=[A-Za-z*]*\d|[a-z*]*[A-Z])[A-Za-z0-9*]{8,}|EAA\w{6,}|xox[a-z]-\S+)/g;

/**
 * Makes a platform's message safe to show: one short line without addresses, control characters or anything that could be a secret. Cut
 * between two user-perceived characters.
 */
export function safeVendorMessage(raw: unknown): string {
  const words = storableText(typeof raw === 'string' ? raw : '')
    // Controls, including those that reverse the direction of a text.
    .replace(/[\p{Cc}\p{Cs}\s\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replace(/\b[a-z][\w+.-]*:\/\/\S+/gi, '')
    .replace(NAMED_SECRET, '$1…')
    .replace(SCHEME, '$1 …')
    .replace(PREFIXED, '…')
    .replace(/[\w\-.:=+/%~]{20,}/g, (run) => (JOINED_WORDS.test(run) || INSTANT.test(run) ? run : '…'))
    .replace(/ {2,}/g, ' ')
    .trim();
  if (words.length <= MAX) return words;
  return `${truncateText(words, MAX - 1).trimEnd()}…`;
}
