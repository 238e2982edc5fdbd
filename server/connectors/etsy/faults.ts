import { fact } from '@/server/foundation/facts';
import type { Hooks } from '../kit/connector';
import { type FaultRule, meaningsOn, notAccepted, readRules } from '../kit/refusals';
import { RETRY_ADVISED, vendorWords } from '../kit/vendor-words';
import { etsyManifest } from './manifest';
import { errorBody } from './wire';

const platform = etsyManifest.name;
const means = meaningsOn(platform);

const RULES: readonly FaultRule[] = [
  // The key of this installation: "Shared secret is required in x-api-key header", "API key not found or not active, …",
  // "Invalid API key: …", "Missing x-api-key header or client_id".
  {
    status: [401, 403],
    words:
      /\bshared secret\b.{0,20}\b(?:required|invalid|incorrect|missing)|\bapi[ _-]?key\b.{0,10}\b(?:not (?:found|active)|is (?:invalid|inactive|missing|required))|\b(?:invalid|missing|unknown|inactive) (?:x-)?api[ _-]?key\b/i,
    means: means.installation('key_refused'),
  },
  // These statuses say enough: no token, nothing there, too slow, locked, too early, too many requests.
  { status: [401, 404, 408, 423, 425, 429], means: null },
  {
    status: 403,
    words: /scope/i,
    means: { kind: 'reauth', fact: fact('platforms.etsy.errors.noPermission') },
  },
  // "The resource is being edited by another process. Please try again in a few moments." Nothing was done.
  { words: RETRY_ADVISED, means: means.refusedNow() },
];

export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {
  if (status < 400 || status >= 500) return null;
  const said = errorBody.safeParse(body).data?.error;
  const read = readRules(RULES, { status, words: [...phrases, said ?? ''].join('\n') });
  if (read !== undefined) return read;
  return vendorWords(phrases) ? notAccepted(platform, phrases, status) : null;
};
