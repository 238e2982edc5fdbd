import { describe, expect, it } from 'vitest';
import { readAddress as readFacebook } from '../facebook/address';
import { facebookManifest } from '../facebook/manifest';
import { readAddress as readX } from '../x/address';
import { xManifest } from '../x/manifest';
import { type AddressAccount, remoteIdIn, type Site } from './addresses';

const siteOf = ({ name, web, webAliases }: typeof xManifest | typeof facebookManifest): Site => ({
  name,
  web: web.live,
  aliases: webAliases,
});
const mira: AddressAccount = {
  remoteId: '77',
  remoteUrl: 'https://x.com/mira_draws',
  remote: { username: 'mira_draws' },
};
const page: AddressAccount = { remoteId: '111', remoteUrl: 'https://www.facebook.com/miradraws', remote: {} };
const onX = (address: string, account = mira, kind: 'post' | 'reply' | 'repost' = 'post') =>
  remoteIdIn(readX, address, account, siteOf(xManifest), kind);
const onFacebook = (address: string, kind: 'post' | 'reply' = 'post', account = page) =>
  remoteIdIn(readFacebook, address, account, siteOf(facebookManifest), kind);
const refused = (words: string) => ({ ok: false, why: expect.toSay(words) });

describe('an address on X', () => {
  it.each([
    'https://x.com/mira_draws/status/1234567890',
    'https://x.com/Mira_Draws/status/1234567890?s=20',
    'http://www.x.com/mira_draws/status/1234567890/photo/1',
    'https://mobile.x.com/mira_draws/status/1234567890/',
    'https://twitter.com/mira_draws/statuses/1234567890',
    'https://mobile.twitter.com/mira_draws/status/1234567890#m',
  ])('yields the post id: %s', (address) => {
    expect(onX(address)).toEqual({ ok: true, remoteId: '1234567890' });
  });

  it.each([
    ['https://anything.example/mira_draws/status/1', 'not on X'],
    ['https://x.com.example/mira_draws/status/1', 'not on X'],
    ['https://example.com/?at=https://x.com/mira_draws/status/1', 'not on X'],
    ['x.com/mira_draws/status/1', 'not on X'],
    ['https://x.com/somebody/status/1', 'by @somebody'],
    ['https://x.com/i/status/1', 'does not show who'],
    ['https://x.com/i/web/status/1', 'does not show who'],
    ['https://x.com/mira_draws', 'not the URL of a post'],
    ['https://x.com/mira_draws/status/12a', 'not the URL of a post'],
    ['https://x.com/mira_draws/status/12345678901234567890', 'not the URL of a post'],
  ])('is refused if it cannot be the post: %s', (address, words) => {
    expect(onX(address)).toEqual(refused(words));
  });

  it('is accepted for an account without a known name, and yields no id for a repost', () => {
    expect(onX('https://x.com/any/status/5', { ...mira, remote: {} })).toEqual({ ok: true, remoteId: '5' });
    expect(onX('https://x.com/somebody/status/5', mira, 'repost')).toEqual({ ok: true, remoteId: null });
  });

  it('must lie below the sandbox’s path in the sandbox', () => {
    const site = { name: 'X', web: 'http://localhost:3000/sandbox/x', aliases: [] };
    const look = (address: string) => remoteIdIn(readX, address, mira, site);
    expect(look('http://localhost:3000/sandbox/x/mira_draws/status/5')).toEqual({ ok: true, remoteId: '5' });
    expect(look('http://localhost:3000/sandbox/xyz/mira_draws/status/5')).toEqual(refused('not on X'));
    expect(look('https://x.com/mira_draws/status/5')).toEqual(refused('not on X'));
  });
});

describe('an address on Facebook', () => {
  it.each([
    'https://www.facebook.com/111_222',
    'https://m.facebook.com/miradraws/posts/222',
    'https://facebook.com/Mira.Draws/posts/a-day-in-the-shop/222/',
    'https://www.facebook.com/111/posts/222',
    'https://www.facebook.com/miradraws/posts/111_222',
    'https://web.facebook.com/permalink.php?story_fbid=222&id=111',
    'https://fb.com/story.php?story_fbid=222&id=111',
  ])('yields the post id: %s', (address) => {
    expect(onFacebook(address)).toEqual({ ok: true, remoteId: '111_222' });
  });

  it.each([
    'https://www.facebook.com/miradraws/posts/pfbid02abc',
    'https://www.facebook.com/permalink.php?story_fbid=pfbid02abc&id=111',
    'https://www.facebook.com/share/p/1AbCd/',
  ])('yields no id if it hides the number: %s', (address) => {
    expect(onFacebook(address)).toEqual({ ok: true, remoteId: null });
  });

  it.each([
    ['https://x.com/111_222', 'not on Facebook'],
    ['https://www.facebook.com/333_222', 'not a post of your Page'],
    ['https://www.facebook.com/somebody/posts/222', 'not a post of your Page'],
    ['https://www.facebook.com/somebody/posts/pfbid02abc', 'not a post of your Page'],
    ['https://www.facebook.com/permalink.php?story_fbid=222&id=333', 'not a post of your Page'],
    ['https://www.facebook.com/groups/9/posts/222', 'not a post of your Page'],
    ['https://www.facebook.com/miradraws/posts/222?comment_id=5', 'URL of a comment'],
  ])('is refused if it cannot be the post: %s', (address, words) => {
    expect(onFacebook(address)).toEqual(refused(words));
  });

  it('yields the numbers of post and comment for a comment', () => {
    const comment = (address: string) => onFacebook(address, 'reply');
    expect(comment('https://www.facebook.com/miradraws/posts/222?comment_id=5')).toEqual({
      ok: true,
      remoteId: '222_5',
    });
    expect(comment('https://www.facebook.com/miradraws/posts/111_222?comment_id=5')).toEqual({
      ok: true,
      remoteId: '222_5',
    });
    expect(comment('https://www.facebook.com/miradraws/posts/pfbid0?comment_id=5')).toEqual({
      ok: true,
      remoteId: null,
    });
    expect(comment('https://www.facebook.com/miradraws/posts/222')).toEqual(refused('URL of a post'));
  });

  it('is compared by number only if the Page’s own address has no name', () => {
    const account = { ...page, remoteUrl: 'https://www.facebook.com/profile.php?id=111' };
    expect(onFacebook('https://www.facebook.com/any/posts/222', 'post', account)).toEqual({
      ok: true,
      remoteId: '111_222',
    });
    const newer = { ...page, remoteUrl: 'https://www.facebook.com/profile.php?id=61500' };
    expect(
      onFacebook('https://www.facebook.com/permalink.php?story_fbid=222&id=61500', 'post', newer),
    ).toEqual({
      ok: true,
      remoteId: '111_222',
    });
    expect(onFacebook('https://www.facebook.com/333/posts/222', 'post', account)).toEqual(
      refused('not a post of your Page'),
    );
  });
});
