import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { samplePng } from '@/server/domains/files/testing';
import { media } from '../schema';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';
import { linkedin } from '.';
import { readLittle } from './text';

const VERSIONED = { 'linkedin-version': '202602', 'x-restli-protocol-version': '2.0.0' };
const PERSON = 'urn:li:person:kJ3mQ0x1aZ';
const PAGE = 'urn:li:organization:79821345';
const ALL = [
  'openid',
  'profile',
  'w_member_social',
  'w_organization_social',
  'r_organization_social',
  'rw_organization_admin',
];

let s: TestSandbox;
let token: string;
beforeAll(async () => {
  s = await testSandbox({}, [linkedin]);
});
afterAll(() => s.db.close());
beforeEach(async () => {
  await s.control('/reset');
  ({ accessToken: token } = await s.tokens('linkedin', 'mira-okafor', ALL));
});
const call = (method: string, path: string, json?: unknown, headers: Record<string, string> = VERSIONED) =>
  s.call(method, `/linkedin/rest${path}`, { token, headers, ...(json === undefined ? {} : { json }) });
const post = (commentary: string, author = PAGE, more = {}) =>
  call('POST', '/posts', {
    author,
    commentary,
    visibility: 'PUBLIC',
    distribution: { feedDistribution: 'MAIN_FEED' },
    lifecycleState: 'PUBLISHED',
    ...more,
  });
const encoded = encodeURIComponent;

describe('posts', () => {
  it('are made with their id in a header, listed, shown and deleted twice', async () => {
    const made = await post('Hello \\(all\\) #new');
    expect([made.status, await made.text()]).toEqual([201, '']);
    const urn = made.headers.get('x-restli-id') ?? '';
    const list = await bodyOf(await call('GET', `/posts?q=author&author=${encoded(PAGE)}&count=10`));
    expect(list).toMatchObject({
      paging: { total: 1 },
      elements: [{ id: urn, author: PAGE, commentary: 'Hello \\(all\\) {hashtag|\\#|new}' }],
    });
    const shown = await s.call('GET', `/linkedin/feed/update/${urn}`);
    expect(shown.status).toBe(302);
    const at = new URL(shown.headers.get('location') ?? '', 'http://sandbox.test').pathname;
    const page = await (await s.call('GET', at.replace('/sandbox', ''))).text();
    expect(page).toContain('Hello (all) #new');
    for (let i = 0; i < 2; i++) expect((await call('DELETE', `/posts/${encoded(urn)}`)).status).toBe(204);
    expect((await bodyOf(await call('GET', `/posts?q=author&author=${encoded(PAGE)}`))).elements).toEqual([]);
  });

  it('with the same words are refused by the name of the first', async () => {
    const urn = (await post('Twice')).headers.get('x-restli-id');
    const again = await post('Twice');
    expect(again.status).toBe(422);
    const body = await bodyOf(again);
    expect(body.message).toContain(`duplicate of ${urn}`);
    expect(body.errorDetails.inputErrors[0].code).toBe('DUPLICATE_POST');
    expect((await post('Twice', PERSON)).status).toBe(201);
  });

  it('are refused without the permission, for others, and hidden ones for a page', async () => {
    expect((await post('No', 'urn:li:organization:1')).status).toBe(403);
    expect((await post('No', 'urn:li:person:pL7vY2k9Bd')).status).toBe(403);
    expect((await post('No', PAGE, { visibility: 'CONNECTIONS' })).status).toBe(422);
    expect((await post('Yes', PERSON, { visibility: 'CONNECTIONS' })).status).toBe(201);
    ({ accessToken: token } = await s.tokens('linkedin', 'mira-okafor', ['openid', 'w_member_social']));
    const denied = await post('No');
    expect(await bodyOf(denied)).toMatchObject({ status: 403, code: 'ACCESS_DENIED', serviceErrorCode: 100 });
    expect((await call('GET', '/organizationAcls?q=roleAssignee')).status).toBe(403);
    expect((await call('GET', `/posts?q=author&author=${encoded(PERSON)}`)).status).toBe(403);
  });
});

it('refuses requests without a version, or with one that has ended', async () => {
  expect((await call('GET', '/organizationAcls?q=roleAssignee', undefined, {})).status).toBe(400);
  const old = { ...VERSIONED, 'linkedin-version': '202502' };
  expect((await call('GET', '/organizationAcls?q=roleAssignee', undefined, old)).status).toBe(426);
});

it('lists roles, and the names of pages', async () => {
  const roles = await bodyOf(await call('GET', '/organizationAcls?q=roleAssignee&count=2'));
  expect(roles).toMatchObject({ paging: { total: 3, count: 2 }, elements: [{ role: 'ADMINISTRATOR' }, {}] });
  const names = await bodyOf(await call('GET', '/organizationsLookup?ids=List(79821345,1)'));
  expect(Object.keys(names.results)).toEqual(['79821345']);
  expect((await call('GET', '/organizationsLookup?ids=79821345')).status).toBe(400);
});

it('takes an image, attaches it once, and keeps its description', async () => {
  const start = { initializeUploadRequest: { owner: PAGE } };
  const { value } = await bodyOf(await call('POST', '/images?action=initializeUpload', start));
  const content = { media: { id: value.image, altText: 'A square' } };
  expect((await post('Early', PAGE, { content })).status).toBe(400);
  const path = value.uploadUrl.replace('http://sandbox.test/sandbox', '');
  expect((await s.call('PUT', path, { body: new Uint8Array(samplePng(3, 3)) })).status).toBe(201);
  expect((await post('A picture', PERSON, { content })).status).toBe(400);
  expect((await post('A picture', PAGE, { content })).status).toBe(201);
  expect((await post('Another', PAGE, { content })).status).toBe(400);
  const rows = await s.db.raw.select().from(media);
  expect(rows).toMatchObject([{ altText: 'A square', contentType: 'image/png', postId: expect.any(String) }]);
});

it('counts what happens to posts of a page', async () => {
  const urn = (await post('To be counted')).headers.get('x-restli-id') ?? '';
  const comment = { actor: PAGE, object: urn, message: { text: 'Mine' } };
  const made = await bodyOf(await call('POST', `/socialActions/${encoded(urn)}/comments`, comment));
  const path = `/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity=${encoded(PAGE)}&shares=List(${encoded(urn)})`;
  const comments = async () =>
    (await bodyOf(await call('GET', path))).elements[0].totalShareStatistics.commentCount;
  expect(await comments()).toBe(1);
  const own = `/socialActions/${encoded(urn)}/comments/${made.id}`;
  expect((await call('DELETE', `${own}?actor=${encoded(PAGE)}`)).status).toBe(204);
  expect((await call('DELETE', `${own}?actor=${encoded(PAGE)}`)).status).toBe(404);
  expect(await comments()).toBe(0);
});

it('issues refresh tokens only to approved partners', async () => {
  expect((await s.tokens('linkedin', 'leo-sandoval', ALL)).refreshToken).not.toBeNull();
  await s.control('/settings', { linkedinPartner: false });
  expect((await s.tokens('linkedin', 'leo-sandoval', ALL)).refreshToken ?? null).toBeNull();
});

it('drops the rest of a text after a sign with no meaning', () => {
  expect(readLittle('Prices (50 %)').shown).toBe('Prices ');
  expect(readLittle('By @[Ink](urn:li:organization:1) \\(c\\) #a\\_b {hashtag|\\#|c}').shown).toBe(
    'By Ink (c) #a_b #c',
  );
});
