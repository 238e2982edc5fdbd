import { expect, it, vi } from 'vitest';
import { NOW, ok, scripted } from '../host/testing';
import { x } from '.';

const look = async (text: string, posts: object[], more: object = {}) => {
  const { io } = scripted(x, [ok({ data: posts, meta: { result_count: posts.length } })]);
  return x.functions.lookup?.(io, { text, since: NOW, exclude: [], ...more });
};
const shown = (id: string, text: string, expanded?: string) => ({
  id,
  text,
  ...(expanded
    ? { entities: { urls: [{ start: 0, end: 1, url: 'https://t.co/abc', expanded_url: expanded }] } }
    : {}),
});

it('finds a post whose link ends before the text goes on', async () => {
  const posts = [shown('9', 'Later'), shown('5', 'https://t.co/abcをご覧ください', 'https://example.com/a')];
  expect(await look('https://example.com/aをご覧ください', posts)).toEqual({
    found: 'yes',
    post: { remoteId: '5', permalink: 'http://web.test/mira/status/5' },
  });
});

it('never calls a post absent that X may only have changed', async () => {
  for (const changed of [
    'Tea - for everyone',
    'tea for everyone!',
    '@mira Tea for everyone',
    'Tea for everyone https://t.co/abc',
  ])
    expect(await look('Tea for everyone', [shown('9', 'Later'), shown('5', changed)]), changed).toEqual({
      found: 'unclear',
      why: expect.toSay('X shows a very similar post, but not exactly this text.'),
    });
  expect(await look('Tea for everyone', [shown('5', 'Coffee for everyone')])).toEqual({ found: 'absent' });
});

it('never calls a post absent because X lists another address for its link', async () => {
  const posts = [shown('5', 'https://t.co/abc', 'https://example.com/a#part')];
  expect(await look('https://bit.ly/1', posts)).toMatchObject({ found: 'unclear' });
  expect(await look('Tea https://bit.ly/1', posts)).toEqual({ found: 'absent' });
});

it('recognizes a reply whose leading names X omits', async () => {
  const reply = { ...shown('5', 'Tea for everyone'), referenced_posts: [{ type: 'replied_to', id: '4' }] };
  expect(await look('@mira Tea for everyone', [reply], { replyTo: '4' })).toMatchObject({
    found: 'unclear',
  });
});

it('reads the fields that X renamed under their old names', async () => {
  const long = { ...shown('5', 'Tea for…'), note_tweet: { text: 'Tea for everyone' } };
  expect(await look('Tea for everyone', [long])).toMatchObject({ found: 'yes', post: { remoteId: '5' } });
  const reply = { ...long, referenced_tweets: [{ type: 'replied_to', id: '4' }] };
  expect(await look('Tea for everyone', [reply])).toEqual({ found: 'absent' });
  expect(await look('Tea for everyone', [reply], { replyTo: '4' })).toMatchObject({ found: 'yes' });
});

it('prefers the post itself to a similar one, and ignores those of other publications', async () => {
  const posts = [shown('9', 'Tea - for everyone'), shown('5', 'Tea for everyone')];
  expect(await look('Tea for everyone', posts)).toMatchObject({ found: 'yes', post: { remoteId: '5' } });
  expect(await look('Tea for everyone', posts, { exclude: ['5', '9'] })).toEqual({ found: 'absent' });
});

it('compares each post once', async () => {
  // Comparing composes the text that X shows.
  const texts = Array.from({ length: 20 }, (_, i) => `Tea - for everyone${' '.repeat(i + 1)}`);
  const composed = vi.spyOn(String.prototype, 'normalize');
  await look(
    'Tea for everyone',
    texts.map((text, i) => shown(`${i}`, text)),
  );
  const counts = texts.map((text) => composed.mock.contexts.filter((one) => String(one) === text).length);
  composed.mockRestore();
  expect(counts).toEqual(texts.map(() => 1));
});
