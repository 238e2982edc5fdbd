import { type Fact, fact } from '@/server/foundation/facts';
import type { Effect, FaultReading } from '../kit/connector';
import { rejected } from '../kit/refusals';
import { MEDIA_GONE } from '../kit/types';
import { vendorWords } from '../kit/vendor-words';
import { isBlock, isDuplicate, isInternalError, isPassingBlock, isTooMany } from '../meta/graph-codes';
import { facebookManifest } from './manifest';
import { isForbidden, isUnreadable, isUnreadablePicture, unreadable } from './transform';
import { graphError, wantedRange } from './wire';

const platform = facebookManifest.name;

/** The chunk was cut off, timed out or had the wrong offset: https://developers.facebook.com/docs/video-api/reference/error-codes */
const RETRY_CHUNK_CODES = [1363019, 1363030, 1363033, 1363037];

/** Meta does not say how long a block for posting too fast lasts, in seconds. */
const BLOCK_S = 3_600;

/** A security check (459, 490) or an account that is not confirmed (464): Facebook shows the person who signed in what to do. */
const CHECKPOINTS = [459, 464, 490];
/** The person who signed in no longer has a role on the Page. */
const NO_ROLE = 492;
/** A wrong app id or secret. */
const WRONG_CLIENT = 101;

/** Says why a token is no longer valid, if something has to be done before the Page can be connected again. */
function whyEnded(subcode: number | undefined): Fact {
  if (subcode !== undefined && CHECKPOINTS.includes(subcode))
    return fact('platforms.facebook.errors.securityCheck');
  if (subcode === NO_ROLE) return fact('platforms.facebook.errors.noRole');
  return fact('connectors.errors.ended', { platform });
}

/** Facebook's error codes: https://developers.facebook.com/docs/graph-api/guides/error-handling */
export function readFault(
  status: number,
  body: unknown,
  effect: Effect,
  phrases: readonly string[],
): FaultReading | null {
  const said = graphError.safeParse(body).data?.error;
  if (!said) return null;
  const vendorCode = `${said.code}${said.error_subcode === undefined ? '' : `/${said.error_subcode}`}`;
  if (said.code === WRONG_CLIENT)
    return {
      kind: 'transient',
      vendorCode,
      fact: fact('connectors.errors.installationRefused', { platform }),
      installation: true,
    };
  if (said.code === 190 || said.code === 102)
    return { kind: 'reauth', vendorCode, fact: whyEnded(said.error_subcode) };
  if (isForbidden(vendorCode))
    return {
      kind: 'reauth',
      vendorCode,
      fact: fact('platforms.facebook.errors.noPermission'),
      forbidden: true,
    };
  if (isTooMany(said))
    return {
      kind: 'rate_limited',
      vendorCode,
      fact: fact('connectors.errors.slowDown', { platform }),
    };
  if (isDuplicate(said)) return rejected(vendorCode, fact('connectors.errors.duplicate', { platform }));
  // Trying again soon would make such a block longer.
  if (isPassingBlock(said))
    return {
      kind: 'rate_limited',
      vendorCode,
      fact: fact('connectors.errors.slowDown', { platform }),
      retryAfter: BLOCK_S,
    };
  if (isBlock(said)) return rejected(vendorCode, fact('platforms.facebook.errors.blocked'));
  if (isUnreadable(vendorCode))
    return rejected(vendorCode, unreadable(isUnreadablePicture(vendorCode) ? 'picture' : 'video'));
  if (said.error_subcode !== undefined && RETRY_CHUNK_CODES.includes(said.error_subcode)) {
    const resume = wantedRange.safeParse(said.error_data).data;
    return {
      kind: effect === 'effect' ? 'unknown_outcome' : 'transient',
      vendorCode,
      fact: fact('platforms.facebook.errors.chunkMissing'),
      ...(resume ? { resume } : {}),
    };
  }
  // Facebook does not know the photo or the upload of the video, or no longer does.
  if (said.code === 100 && /media_fbid|attached_media|upload.session/i.test(said.message))
    return rejected(MEDIA_GONE, fact('connectors.errors.mediaGone', { platform }));
  // Facebook reports that a retry does not help. For a post, that leaves open whether it was created.
  const final = said.code === 1 && said.is_transient === false && status < 500 && effect !== 'effect';
  // 1 and 2 are Facebook's own failures, which do not tell whether the post was created.
  if (!final && (isInternalError(said) || said.is_transient || status >= 500))
    return effect === 'effect'
      ? {
          kind: 'unknown_outcome',
          vendorCode,
          fact: fact('connectors.errors.outcomeUnknown', { platform }),
        }
      : {
          kind: 'transient',
          vendorCode,
          fact: fact('connectors.errors.trouble', { platform }),
        };
  if (status === 401 || status === 429) return null;
  const clean = vendorWords(phrases);
  return {
    kind: 'rejected',
    vendorCode,
    fact: clean
      ? fact('connectors.errors.notAcceptedBecause', { platform, said: clean })
      : fact('platforms.facebook.errors.notAccepted'),
  };
}
