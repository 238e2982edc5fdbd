import { fact } from '@/server/foundation/facts';
import { found, type ReadAddress } from '../kit/addresses';

/** Reads `/<name>/status/<id>`. */
export const readAddress: ReadAddress = ({ segments }, { remote: { username } }) => {
  const at = segments.findIndex((piece) => piece === 'status' || piece === 'statuses');
  const [name, id] = [segments[0], segments[at + 1]];
  if (at < 1 || !id || !/^\d{1,19}$/.test(id))
    return {
      ok: false,
      why: fact('platforms.x.addresses.noPost'),
    };
  if (!username || name?.toLowerCase() === username.toLowerCase()) return found(id);
  // `/i/status/<id>` leads to a post without naming its author.
  return {
    ok: false,
    why:
      name === 'i'
        ? fact('platforms.x.addresses.nobodys', { username })
        : fact('platforms.x.addresses.somebodyElses', { owner: name ?? '', username }),
  };
};
