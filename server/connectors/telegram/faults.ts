import { type Fact, fact } from '@/server/foundation/facts';
import type { FaultReading, Hooks } from '../kit/connector';
import { meaningsOn, readWords, rejected } from '../kit/refusals';
import { telegramManifest } from './manifest';
import { problem } from './wire';

const platform = telegramManifest.name;
const { ended, forbidden, gone, slowDown } = meaningsOn(platform);
/** What a bot may not do in the channel. Its token is valid, so other channels of the same bot still work. */
export const noAccess = (why: Fact): FaultReading => forbidden(why, 'no_access');

const TOKEN = ended('token', fact('platforms.telegram.errors.token'));

/** What Telegram's words mean, with status 400, 403 or 413. The words are those of its open-source server, or from public reports. */
const WORDS: readonly (readonly [RegExp, FaultReading])[] = [
  // The other pictures of the album may be out.
  [
    /failed to send message #|group send failed/i,
    {
      kind: 'unknown_outcome',
      vendorCode: 'album',
      fact: fact('platforms.telegram.errors.albumIncomplete'),
    },
  ],
  [/message to delete not found/i, gone],
  [
    /message can't be deleted/i,
    rejected('cannot_delete', fact('platforms.telegram.errors.cannotDelete', { hours: 48 })),
  ],
  [
    /(?:message to be replied|repl(?:y|ied) message) not found/i,
    rejected('no_parent', fact('platforms.telegram.errors.noParent')),
  ],
  [/bot was kicked/i, noAccess(fact('platforms.telegram.errors.kicked'))],
  [/bot is not a member/i, noAccess(fact('platforms.telegram.errors.notMember'))],
  [/chat not found/i, noAccess(fact('platforms.telegram.errors.noChannel'))],
  [
    /need administrator rights|not enough rights|have no rights|no write access|chat_(?:write_forbidden|admin_required)/i,
    noAccess(fact('platforms.telegram.errors.noRight')),
  ],
  [
    /caption.{0,9}too.long/i,
    rejected(
      'too_long',
      fact('platforms.telegram.errors.captionTooLong', {
        most: telegramManifest.post.media.characters,
      }),
    ),
  ],
  [
    /(?:message|text).{0,4}too.long/i,
    rejected(
      'too_long',
      fact('platforms.telegram.errors.tooLong', { most: telegramManifest.post.characters }),
    ),
  ],
  [/photo_invalid_dimensions/i, rejected('shape', fact('platforms.telegram.errors.shape', { most: 20 }))],
  [/image_process_failed|photo_\w*invalid/i, rejected('picture', fact('platforms.telegram.errors.picture'))],
  [/too large|too big/i, rejected('too_large', fact('platforms.telegram.errors.tooLarge'))],
];

/**
 * Reads Telegram's own errors. A refusal in this shape was decided before anything was sent, except of an album, of which some pictures may
 * have been sent.
 */
export const readFault: NonNullable<Hooks['readFault']> = (status, body) => {
  const said = problem.safeParse(body).data;
  if (!said) return null;
  const { description, parameters } = said;
  // "Not Found" is the answer to a token that no bot can have. All methods that are called exist.
  if (status === 401 || (status === 404 && !/method/i.test(description))) return TOKEN;
  if (status === 429) return slowDown(undefined, parameters?.retry_after);
  if (parameters?.migrate_to_chat_id !== undefined) return noAccess(fact('platforms.telegram.errors.moved'));
  const known = [400, 403, 413].includes(status) ? readWords(WORDS, description) : null;
  return known ?? (status === 403 ? noAccess(fact('platforms.telegram.errors.notMember')) : null);
};
