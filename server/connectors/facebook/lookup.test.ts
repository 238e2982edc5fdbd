import { expect, it } from 'vitest';
import { NOW, ok, scripted } from '../host/testing';
import { facebook } from '.';

const look = async (items: object[], input: object) => {
  const { io } = scripted(facebook, [ok({ data: items })]);
  return facebook.functions.lookup?.(io, { text: 'Tea for everyone', since: NOW, exclude: [], ...input });
};
const post = (id: string, message: string | undefined, url?: string) => ({
  id,
  ...(message === undefined ? {} : { message }),
  ...(url ? { attachments: { data: [{ unshimmed_url: url }] } } : {}),
});
const similar = { found: 'unclear', why: expect.toSay('very similar') };
const link = 'https://example.com/a';

it('finds a post whose text Facebook trimmed', async () => {
  expect(await look([post('77_5', ' Tea  for\neveryone ')], {})).toMatchObject({
    found: 'yes',
    post: { remoteId: '77_5' },
  });
  expect(await look([post('77_5', undefined, `${link}/`)], { text: '', link })).toMatchObject({
    found: 'yes',
  });
});

it('never calls a post absent that Facebook may only have changed', async () => {
  expect(await look([post('77_5', 'Tea – for everyone!')], {})).toEqual(similar);
  // Facebook may report the address to which the link leads.
  expect(
    await look([post('77_5', 'Tea for everyone', 'https://www.example.org/canonical')], { link }),
  ).toEqual(similar);
  expect(await look([post('77_5', undefined, `${link}?ref=fb`)], { text: '', link })).toEqual(similar);
});

it.each([
  ['https://bit.ly/1', 'https://example.com/a'],
  ['https://youtu.be/1', 'https://www.youtube.com/watch?v=1'],
  ['https://m.example.com/a', 'https://example.com/a'],
  [link, 'https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa%3Ffbclid%3D1&h=A'],
])('never calls a post absent because Facebook reports %s as %s', async (sent, reported) => {
  expect(await look([post('77_5', undefined, reported)], { text: '', link: sent })).toEqual(similar);
  expect(await look([post('77_5', 'Tea for everyone', reported)], { link: sent })).toEqual(similar);
  const inText = (address: string) => `Tea for everyone\n\n${address}`;
  expect(await look([post('77_5', inText(reported))], { text: inText(sent) })).toEqual(similar);
  expect(await look([post('77_5', 'Coffee', reported)], { link: sent })).toEqual({ found: 'absent' });
});

it.each([
  ['https://bücher.de/a', 'https://xn--bcher-kva.de/a'],
  ['https://example.com:443/a', link],
  ['https://example.com/%7Emira', 'https://www.example.com/~mira/'],
  [link, 'https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa&h=A'],
])('finds a post whose link %s Facebook reports as %s', async (sent, reported) => {
  expect(await look([post('77_5', undefined, reported)], { text: '', link: sent })).toMatchObject({
    found: 'yes',
  });
});

it('is not certain of a post whose link Facebook does not report', async () => {
  const linkless = { found: 'unclear', why: expect.toSay('without its link') };
  expect(await look([post('77_5', undefined)], { text: '', link })).toEqual(linkless);
  expect(await look([post('77_5', '')], { text: '', link })).toEqual(linkless);
  expect(
    await look([{ ...post('77_5', undefined), attachments: { data: [{}] } }], { text: '', link }),
  ).toEqual(linkless);
  // Several posts may have the same words and different links.
  expect(await look([post('77_5', 'Tea for everyone')], { link })).toEqual(linkless);
  // Of two, the one with the link counts.
  expect(
    await look([post('77_6', undefined), post('77_5', undefined, link)], { text: '', link }),
  ).toMatchObject({ found: 'yes', post: { remoteId: '77_5' } });
  expect(await look([post('77_5', 'Coffee')], { text: '', link })).toEqual({ found: 'absent' });
  expect(await look([post('77_5', undefined)], {})).toEqual({ found: 'absent' });
});

it('is certain of a post whose text contains its link', async () => {
  const text = `Tea at ${link}!`;
  expect(await look([post('77_5', text)], { text, link })).toMatchObject({ found: 'yes' });
});

it('does not call a post absent whose link Facebook shows as its text', async () => {
  expect(await look([post('77_5', link)], { text: '', link })).toEqual(similar);
  expect(await look([post('77_5', link, link)], { text: '', link })).toEqual(similar);
  expect(await look([post('77_5', `Tea for everyone ${link}`, link)], { link })).toEqual(similar);
});

it('does not call a post absent in which Facebook shows the name of a mentioned Page', async () => {
  const text = 'Tea at @[1234] today!';
  expect(await look([post('77_5', 'Tea at Example Shop today!')], { text })).toEqual(similar);
  expect(await look([post('77_5', 'Tea at Example Shop today!', link)], { text, link })).toEqual(similar);
});

it('is certain that other posts are others', async () => {
  expect(await look([post('77_5', 'Coffee for everyone', link)], { link })).toEqual({ found: 'absent' });
  expect(await look([post('77_5', 'Coffee for everyone', link)], { text: '', link })).toEqual({
    found: 'absent',
  });
  expect(await look([post('77_5', undefined, link)], { link })).toEqual({ found: 'absent' });
  expect(await look([post('77_5', 'See index.js')], { text: 'See index.ts' })).toEqual({ found: 'absent' });
  expect(await look([post('77_5', 'Thanks to everyone')], { text: 'Tea at @[1234] today' })).toEqual({
    found: 'absent',
  });
  expect(await look([post('77_5', 'Tea – for everyone!')], { exclude: ['77_5'] })).toEqual({
    found: 'absent',
  });
});

it('compares comments in the same way, but only those of the Page', async () => {
  const comment = (from: string) => ({ id: '5_6', message: 'Tea, for everyone', from: { id: from } });
  expect(await look([comment('77')], { replyTo: '77_5' })).toEqual(similar);
  expect(await look([comment('8')], { replyTo: '77_5' })).toEqual({ found: 'absent' });
});
