import { findPost, react } from '../cores/feed';
import { bodyFields, type Ctx, json } from '../http';
import type { World } from '../world';
import { forbidden, invalidRequest, notFound } from './errors';

const ID = /^[0-9]{1,19}$/;

/** `POST /2/users/{id}/retweets`. An account has at most one repost of a post; a repeated request returns the same and changes nothing. */
export async function repost(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const user = c.req.param('id') ?? '';
  if (user !== account.id)
    return forbidden('You are not permitted to repost for another account than your own.');
  const { tweet_id: id } = await bodyFields(c);
  if (typeof id !== 'string' || !ID.test(id))
    return invalidRequest('The `tweet_id` field of the body is missing or not a number', 'tweet_id');
  if (!(await findPost(world, 'x', id))) return notFound(id);
  await react(world, 'repost', account.id, id, c.get('now'));
  return json({ data: { retweeted: true, rest_id: id } });
}
