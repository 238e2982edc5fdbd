import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { bodyOf, redirectTo, type TestSandbox, testSandbox } from '../test-sandbox';
import { fieldNames } from './fields';

const V = '/facebook/v23.0';
let s: TestSandbox;
let user: string;
beforeAll(async () => {
  s = await testSandbox();
  const short = await s.tokens('facebook', 'mira.okafor', [
    'pages_show_list',
    'pages_read_engagement',
    'pages_manage_posts',
  ]);
  const { clientId, clientSecret } = sandboxClient('facebook');
  const query = new URLSearchParams({
    grant_type: 'fb_exchange_token',
    client_id: clientId,
    client_secret: clientSecret,
    fb_exchange_token: short.accessToken,
  });
  const long = await bodyOf(await s.call('GET', `${V}/oauth/access_token?${query}`));
  expect(long.expires_in).toBe(60 * 86_400);
  user = long.access_token;
});
afterAll(() => s.db.close());

describe('Facebook', () => {
  it('issues Page tokens that outlive the user’s, and posts, lists and deletes with them', async () => {
    const { data } = await bodyOf(await s.call('GET', `${V}/me/accounts?access_token=${user}`));
    expect(data.map((p: { name: string }) => p.name)).toEqual(['Mira Draws', 'Ink & Oak Studio']);
    const page = data[0];
    expect(
      (await s.call('POST', `${V}/${page.id}/feed`, { token: user, json: { message: 'no' } })).status,
    ).toBe(403);
    s.clock.advance(30 * 86_400_000);
    const ids: string[] = [];
    for (const message of ['First', 'Second', 'Second']) {
      const created = await s.call('POST', `${V}/${page.id}/feed`, {
        form: { message, link: 'https://example.com/a', access_token: page.access_token },
      });
      expect(created.status).toBe(200);
      expect(created.headers.get('x-app-usage')).toContain('call_count');
      ids.push((await bodyOf(created)).id);
      s.clock.advance(1_000);
    }
    const one = await bodyOf(
      await s.call(
        'GET',
        `${V}/${page.id}/published_posts?limit=2&fields=id,message,likes.summary(true)&access_token=${page.access_token}`,
      ),
    );
    expect(one.data.map((p: { id: string }) => p.id)).toEqual([ids[2], ids[1]]);
    expect(one.data[0].likes.summary.total_count).toBe(0);
    const two = await bodyOf(
      await s.call(
        'GET',
        `${V}/${page.id}/feed?limit=2&after=${one.paging.cursors.after}&access_token=${page.access_token}`,
      ),
    );
    expect(two.data.map((p: { id: string }) => p.id)).toEqual([ids[0]]);
    const effects = await bodyOf(await s.call('GET', '/control/effects?platform=facebook'));
    expect(effects.duplicates).toEqual([
      { platform: 'facebook', account: 'miradraws', text: 'Second', count: 2 },
    ]);
    expect(await bodyOf(await s.call('DELETE', `${V}/${ids[0]}?access_token=${page.access_token}`))).toEqual({
      success: true,
    });
    const missing = await s.call('GET', `${V}/${ids[0]}?access_token=${page.access_token}`);
    expect((await bodyOf(missing)).error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it('refuses an empty post, a wrong secret and a revoked token in the Graph API’s format', async () => {
    const { data } = await bodyOf(await s.call('GET', `${V}/me/accounts`, { token: user }));
    const empty = await s.call('POST', `${V}/${data[0].id}/feed`, {
      token: data[0].access_token,
      json: { message: ' ' },
    });
    expect((await bodyOf(empty)).error).toMatchObject({ code: 100, type: 'OAuthException' });
    const { clientId } = sandboxClient('facebook');
    const wrong = await s.call(
      'GET',
      `${V}/oauth/access_token?client_id=${clientId}&client_secret=x&code=y&redirect_uri=${redirectTo('facebook')}`,
    );
    expect(wrong.status).toBe(400);
    await s.control('/revoke', { platform: 'facebook', account: 'miradraws' });
    expect((await bodyOf(await s.call('GET', `${V}/me`, { token: user }))).error.code).toBe(190);
  });

  it('revokes everything that a user granted, with the user’s own token or the app’s', async () => {
    const scopes = ['pages_show_list', 'pages_manage_posts'];
    const { clientId, clientSecret } = sandboxClient('facebook');
    const mira = '10223847561920345';
    const remove = (path: string, token: string) => s.call('DELETE', `${V}/${path}/permissions`, { token });
    const alive = async (token: string) => (await s.call('GET', `${V}/me`, { token })).status === 200;
    const signIn = async () => (await s.tokens('facebook', 'mira.okafor', scopes)).accessToken;
    const pagesOf = async (token: string) =>
      (await bodyOf(await s.call('GET', `${V}/me/accounts`, { token }))).data;

    const [one, two] = [await signIn(), await signIn()];
    const leo = (await s.tokens('facebook', 'leo.sandoval', scopes)).accessToken;
    const [page] = await pagesOf(one);
    // A Page is not a user, another user's permissions are off limits, and a wrong secret is not the app's.
    expect((await bodyOf(await remove('me', page.access_token))).error.code).toBe(100);
    expect((await bodyOf(await remove(mira, leo))).error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await bodyOf(await remove(mira, `${clientId}|wrong`))).error.code).toBe(190);
    expect((await bodyOf(await remove('123', `${clientId}|${clientSecret}`))).error.error_subcode).toBe(33);
    for (const token of [one, two, page.access_token]) expect(await alive(token)).toBe(true);

    // Both sign-ins and the Page lose access together.
    expect(await bodyOf(await remove(mira, `${clientId}|${clientSecret}`))).toEqual({ success: true });
    for (const token of [one, two, page.access_token]) expect(await alive(token)).toBe(false);
    expect(await alive(leo)).toBe(true);
    const again = await signIn();
    expect(await bodyOf(await remove('me', again))).toEqual({ success: true });
    expect(await alive(again)).toBe(false);
  });

  it('lets a user without a Page create one, and refuses a form from another site', async () => {
    const scopes = ['pages_show_list'];
    const ines = (await s.tokens('facebook', 'ines.duarte', scopes)).accessToken;
    const pagesOf = async () => (await bodyOf(await s.call('GET', `${V}/me/accounts`, { token: ines }))).data;
    expect(await pagesOf()).toEqual([]);
    const form = { person: '10231550047782193', name: 'Duarte <b>Bakes</b>' };
    const path = '/facebook/pages/create';
    const elsewhere = await s.call('POST', path, { form, headers: { origin: 'https://evil.example' } });
    expect(elsewhere.status).toBe(403);
    expect((await s.call('POST', path, { form: { ...form, name: ' ' } })).status).toBe(400);
    expect(await pagesOf()).toEqual([]);
    const created = await s.call('POST', path, { form });
    expect(await created.text()).not.toContain('<b>Bakes');
    expect(await pagesOf()).toMatchObject([{ name: 'Duarte <b>Bakes</b>' }]);
    expect((await s.call('GET', path)).status).toBe(200);
  });

  it('parses nested fields', () => {
    expect([...(fieldNames('id,likes.summary(true),insights.metric(a,b){values},message') ?? [])]).toEqual([
      'id',
      'likes',
      'insights',
      'message',
    ]);
  });
});
