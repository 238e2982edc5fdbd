import { fact } from '@/server/foundation/facts';
import { meaningsOn, rejected } from '../kit/refusals';
import { graphFaults } from '../meta/faults';
import { facebookManifest } from './manifest';
import { isUnreadable, isUnreadablePicture, unreadable } from './transform';
import { wantedRange } from './wire';

const platform = facebookManifest.name;

/** The chunk was cut off, timed out or had the wrong offset: https://developers.facebook.com/docs/video-api/reference/error-codes */
const RETRY_CHUNK_CODES = [1363019, 1363030, 1363033, 1363037];

const securityCheck = fact('platforms.facebook.errors.securityCheck');

export const readFault = graphFaults({
  platform,
  noPermission: fact('platforms.facebook.errors.noPermission'),
  blocked: fact('platforms.facebook.errors.blocked'),
  endings: {
    // A security check, or an account that is not confirmed (464): Facebook shows the person who signed in what to do.
    459: securityCheck,
    464: securityCheck,
    490: securityCheck,
    // The person who signed in no longer has a role on the Page.
    492: fact('platforms.facebook.errors.noRole'),
  },
  own(said, vendorCode, effect) {
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
    return said.code === 100 && /media_fbid|attached_media|upload.session/i.test(said.message)
      ? meaningsOn(platform).mediaGone
      : null;
  },
});
