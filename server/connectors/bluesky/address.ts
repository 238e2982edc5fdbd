import { fact } from '@/server/foundation/facts';
import { found, type ReadAddress } from '../kit/addresses';
import { POST } from './transform';

/** Reads `/profile/<handle or DID>/post/<key>`. */
export const readAddress: ReadAddress = ({ segments }, { remoteId, remote }) => {
  const [profile, owner = '', post, rkey = ''] = segments;
  if (profile !== 'profile' || post !== 'post' || !/^[\w.:~-]{1,512}$/.test(rkey))
    return { ok: false, why: fact('platforms.bluesky.addresses.noPost') };
  const handle = remote.handle ?? '';
  const named = decodeURIComponent(owner);
  if (named === remoteId || named.toLowerCase() === handle.toLowerCase())
    return found(`at://${remoteId}/${POST}/${rkey}`);
  return { ok: false, why: fact('platforms.bluesky.addresses.somebodyElses', { owner: named, handle }) };
};
