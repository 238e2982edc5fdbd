import { fact } from '@/server/foundation/facts';
import {
  type AddressAccount,
  found,
  hidden,
  locateOnSite,
  type ReadAddress,
  type Site,
} from '../kit/addresses';

const NUMBER = /^\d+$/;

/**
 * Reads `<page>_<post>`, or the number of the post next to that of the Page; a comment has the number of its post and its own. Newer
 * addresses (`pfbid…`) hide the number.
 */
export const readAddress: ReadAddress = (place, account, site, kind) => {
  const { segments, query } = place;
  const comment = query.get('comment_id');
  if (kind === 'post' && comment !== null)
    return {
      ok: false,
      why: fact('platforms.facebook.addresses.comment'),
    };
  if (kind === 'reply' && comment === null)
    return {
      ok: false,
      why: fact('platforms.facebook.addresses.post'),
    };
  const whole = segments.map((piece) => /^(\d+)_(\d+)$/.exec(piece)).find((match) => match !== null);
  const story = query.get('story_fbid');
  const at = segments.indexOf('posts');
  const number =
    whole?.[2] ?? story ?? (at >= 0 ? segments.slice(at + 1).findLast((s) => NUMBER.test(s)) : null);
  const owner = whole?.[1] ?? (story === null ? (at > 0 ? segments[0] : null) : query.get('id'));
  if (owner && !belongsToPage(owner, account, site))
    return {
      ok: false,
      why: fact('platforms.facebook.addresses.otherPage'),
    };
  if (!number || !NUMBER.test(number)) return hidden;
  if (kind === 'reply') return comment && NUMBER.test(comment) ? found(`${number}_${comment}`) : hidden;
  return found(`${account.remoteId}_${number}`);
};

/** Whether a number or name refers to the Page. Names are compared only if the Page's own address has one. */
function belongsToPage(owner: string, account: AddressAccount, site: Site): boolean {
  // A newer Page has a second number, that of its profile, which appears in its address.
  if (NUMBER.test(owner))
    return (
      owner === account.remoteId ||
      (account.remoteUrl?.match(/\d+/g)?.some((number) => number === owner) ?? false)
    );
  const [own, ...rest] = (account.remoteUrl && locateOnSite(site, account.remoteUrl)?.segments) || [];
  if (!own || rest.length > 0 || own.includes('.php') || NUMBER.test(own)) return owner !== 'groups';
  // Facebook ignores dots and case when it looks up a name.
  const plain = (name: string) => name.toLowerCase().replaceAll('.', '');
  return plain(own) === plain(owner);
}
