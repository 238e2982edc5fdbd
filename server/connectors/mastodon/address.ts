import { fact } from '@/server/foundation/facts';
import { found, type ReadAddress } from '../kit/addresses';

/** Numbers, or, on other servers that speak Mastodon's API, longer ids. */
const ID = /^[0-9A-Za-z]{1,64}$/;

/** Reads `/@<name>/<id>`, also after a part of the web app, and `/users/<name>/statuses/<id>`. */
export const readAddress: ReadAddress = ({ segments }, { remote: { username } }) => {
  const at = segments.findIndex((piece) => piece.startsWith('@'));
  const [name, id] =
    at >= 0
      ? [segments[at]?.slice(1), segments[at + 1]]
      : segments[0] === 'users' && segments[2] === 'statuses'
        ? [segments[1], segments[3]]
        : [];
  if (!name || !id || !ID.test(id)) return { ok: false, why: fact('platforms.mastodon.addresses.noPost') };
  if (!username || name.toLowerCase() === username.toLowerCase()) return found(id);
  return {
    ok: false,
    why: fact('platforms.mastodon.addresses.somebodyElses', { owner: name, username }),
  };
};
