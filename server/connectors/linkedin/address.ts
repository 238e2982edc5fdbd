import { fact } from '@/server/foundation/facts';
import { found, hidden, type ReadAddress } from '../kit/addresses';
import { readCommentUrn } from './transform';

/**
 * Reads `/feed/update/urn:li:share:<id>` and the comment in `commentUrn`. The other addresses of posts (`/posts/…-activity-<id>`) contain the
 * id of the activity, which is not that of the post.
 */
export const readAddress: ReadAddress = ({ segments, query }, _account, _site, kind) => {
  const comment = query.get('commentUrn');
  if (kind === 'post' && comment !== null)
    return { ok: false, why: fact('platforms.linkedin.addresses.comment') };
  if (kind === 'reply') {
    const read = readCommentUrn(comment ?? '');
    if (!read) return { ok: false, why: fact('platforms.linkedin.addresses.post') };
    return found(`urn:li:comment:(${read.post},${read.id})`);
  }
  const [first, second, urn = ''] = segments;
  if (first === 'posts' && second) return hidden;
  if (first !== 'feed' || second !== 'update')
    return { ok: false, why: fact('platforms.linkedin.addresses.noPost') };
  const plain = decode(urn);
  return /^urn:li:(?:share|ugcPost):\d+$/.test(plain) ? found(plain) : hidden;
};

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
