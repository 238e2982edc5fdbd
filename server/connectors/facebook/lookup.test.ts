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

it('is certain that other posts are others', async () => {
  expect(await look([post('77_5', 'Coffee for everyone', link)], { link })).toEqual({ found: 'absent' });
  expect(await look([post('77_5', undefined, 'https://other.org/')], { text: '', link })).toEqual({
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
