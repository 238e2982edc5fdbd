import { fact } from '@/server/foundation/facts';
import { found, type ReadAddress } from '../kit/addresses';

/** Reads `/<name>/<id>`, `/s/<name>/<id>` (the preview on the web) and `/c/<number>/<id>` of a private channel. */
export const readAddress: ReadAddress = ({ segments }, { remoteId, remote: { username } }) => {
  const [owner = '', id = ''] = segments.slice(segments[0] === 's' || segments[0] === 'c' ? 1 : 0);
  if (!/^[1-9]\d{0,9}$/.test(id)) return { ok: false, why: fact('platforms.telegram.addresses.noPost') };
  const isOurs =
    segments[0] === 'c'
      ? remoteId === `-100${owner}`
      : username !== undefined && owner.toLowerCase() === username.toLowerCase();
  return isOurs ? found(id) : { ok: false, why: fact('platforms.telegram.addresses.otherChannel') };
};
