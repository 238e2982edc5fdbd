import { describe, expect, it } from 'vitest';
import { inEnglish } from '@/server/foundation/facts';
import { lost, NOW, ok, outcome, type Reply, scripted } from '../host/testing';
import type { ConnectorFault } from '../kit/types';
import { linkedin } from '.';

const PERSON = { remoteId: 'urn:li:person:a', remote: {} };
const PAGE = { remoteId: 'urn:li:organization:7', remote: {} };
const refusal = (status: number, more: object = {}): Reply => ({
  status,
  body: { status, message: 'No', ...more },
});
const publish = (reply: Reply, account = PERSON, more = {}) => {
  const { io } = scripted(linkedin, [reply], account);
  const work = linkedin.functions.publish?.(io, { text: 'Hello', idempotencyKey: 'k', ...more });
  return outcome(work ?? Promise.resolve()) as Promise<ConnectorFault>;
};
const created = (id: string | null): Reply => ({
  status: 201,
  body: '',
  headers: id === null ? {} : { 'x-restli-id': id },
});

describe('a post', () => {
  it('has the id of the header', async () => {
    expect(await publish(created('urn:li:ugcPost:12'))).toEqual({
      remoteId: 'urn:li:ugcPost:12',
      permalink: 'http://web.test/feed/update/urn:li:ugcPost:12',
    });
  });

  it.each([
    ['without an id', created(null)],
    ['with an odd id', created('urn:li:person:1')],
    ['whose answer is lost', lost()],
    ['whose answer is a failure', refusal(500)],
  ])('%s has an unknown outcome', async (_, reply) => {
    expect(await publish(reply)).toMatchObject({ kind: 'unknown_outcome' });
  });

  it('of a page that is not for all is refused before anything is sent', async () => {
    const options = { visibility: 'CONNECTIONS' };
    const fault = await publish(lost(), PAGE, { options });
    expect(fault).toMatchObject({ kind: 'rejected' });
    expect(inEnglish(fault.fact)).toContain('Anyone');
  });
});

describe('a refusal', () => {
  it.each([
    [
      'of an expired token',
      refusal(401, { code: 'EXPIRED_ACCESS_TOKEN', serviceErrorCode: 65602 }),
      'reauth',
    ],
    ['of a version that ended', refusal(426, { code: 'NONEXISTENT_VERSION' }), 'transient'],
    ['for want of a permission', refusal(403, { code: 'ACCESS_DENIED', serviceErrorCode: 100 }), 'rejected'],
    ['of the content', refusal(400, { message: 'Odd' }), 'rejected'],
    [
      'of nobody known',
      { status: 403, body: '<html>', headers: { 'content-type': 'text/html' } },
      'transient',
    ],
  ] as const)('%s', async (_, reply, kind) => {
    expect(await publish(reply)).toMatchObject({ kind });
  });

  it('for want of a permission or of a version is for the operator as well', async () => {
    for (const status of [403, 426])
      expect(await publish(refusal(status))).toMatchObject({ options: { installation: true } });
  });

  it('of a duplicate names the post that LinkedIn names', async () => {
    const code = 'DUPLICATE_POST';
    const errorDetails = { inputErrors: [{ description: 'Duplicate post is detected', input: {}, code }] };
    const message = 'com.linkedin.Exception: Content is a duplicate of urn:li:share:7141138937766391808';
    const named = await publish(refusal(422, { message, errorDetails }));
    expect(named).toMatchObject({ kind: 'rejected', options: { vendorCode: 'duplicate' } });
    expect(inEnglish(named.fact)).toContain('urn:li:share:7141138937766391808');
    const bare = await publish(refusal(422, { errorDetails }));
    expect(bare).toMatchObject({ kind: 'rejected', options: { vendorCode: 'duplicate' } });
  });

  it('of too many requests lasts until midnight, or as long as LinkedIn says', async () => {
    const untilMidnight = 86_400 - ((NOW.getTime() / 1000) % 86_400);
    const fault = await publish(refusal(429));
    expect(fault).toMatchObject({ kind: 'rate_limited', options: { retryAfter: untilMidnight } });
    const headers = { 'retry-after': '30' };
    const said: Reply = { status: 429, body: { status: 429, message: 'No' }, headers };
    expect(await publish(said)).toMatchObject({ options: { retryAfter: 30 } });
  });
});

describe('a sign-in', () => {
  const me = ok({ sub: 'a', name: 'Mira' });
  const role = (id: number, role = 'ADMINISTRATOR') => ({
    organization: `urn:li:organization:${id}`,
    role,
    state: 'APPROVED',
  });
  const identify = (replies: Reply[]) => {
    const { io, asked } = scripted(linkedin, replies);
    return outcome(linkedin.hooks.identify(io, {})).then((result) => ({ result, asked }));
  };

  it('gives the person, and the pages that they may publish for', async () => {
    const roles = [role(7), role(8, 'ANALYST'), role(9, 'CONTENT_ADMIN'), role(7, 'CONTENT_ADMIN')];
    const names = ok({ results: { 7: { localizedName: 'Ink', vanityName: 'ink' } } });
    const { result, asked } = await identify([me, ok({ elements: roles, paging: { total: 4 } }), names]);
    expect(result).toEqual([
      { remoteId: 'urn:li:person:a', name: 'Mira', url: null, remote: {}, isPerson: true },
      { remoteId: 'urn:li:organization:7', name: 'Ink', url: 'http://web.test/company/ink', remote: {} },
      {
        remoteId: 'urn:li:organization:9',
        name: 'urn:li:organization:9',
        url: 'http://web.test/company/9',
        remote: {},
      },
    ]);
    expect(asked.at(-1)?.url).toContain('ids=List(7,9)');
  });

  it('gives the person alone without the permission to see pages', async () => {
    const { result } = await identify([me, refusal(403, { code: 'ACCESS_DENIED' })]);
    expect(result).toMatchObject([{ remoteId: 'urn:li:person:a' }]);
  });

  it('reads every page of the list, and gives nothing if it does not end', async () => {
    const page = (id: number) => ok({ elements: [role(id)] });
    const names = ok({ results: {} });
    const { result } = await identify([me, page(1), page(2), ok({ elements: [] }), names]);
    expect(result).toHaveLength(3);
    const endless = Array.from({ length: 10 }, (_, i) => page(i));
    expect((await identify([me, ...endless])).result).toMatchObject({ kind: 'transient' });
  });

  it('does not take another failure for a missing permission', async () => {
    expect((await identify([me, refusal(500), refusal(500)])).result).toMatchObject({ kind: 'transient' });
    expect((await identify([ok({ sub: '../x' })])).result).toMatchObject({ kind: 'transient' });
  });
});

describe('a look-up', () => {
  const since = new Date(NOW.getTime() - 60_000);
  const post = (id: number, commentary: string, at = NOW.getTime()) => ({
    id: `urn:li:share:${id}`,
    commentary,
    createdAt: at,
  });
  const lookUp = (replies: Reply[], account = PAGE, text = 'A (fox) #1') => {
    const { io } = scripted(linkedin, replies, account);
    const input = { text, since, exclude: [] };
    return outcome(linkedin.functions.lookup?.(io, input) ?? Promise.resolve());
  };

  it('of a person is unclear, and asks nothing', async () => {
    expect(await lookUp([], PERSON)).toMatchObject({ found: 'unclear' });
  });

  it('finds the post as LinkedIn shows it', async () => {
    const elements = [post(2, 'Else'), post(1, 'A \\(fox\\) \\#1')];
    expect(await lookUp([ok({ elements, paging: { total: 2 } })])).toMatchObject({
      found: 'yes',
      post: { remoteId: 'urn:li:share:1' },
    });
  });

  it('concludes absence only from a list that it read to the time of the attempt', async () => {
    const old = post(1, 'A \\(fox\\) \\#1', since.getTime() - 1);
    expect(await lookUp([ok({ elements: [post(2, 'Else'), old] })])).toEqual({ found: 'absent' });
    const endless = Array.from({ length: 10 }, (_, i) => ok({ elements: [post(i, `Else ${i}`)] }));
    expect(await lookUp(endless)).toMatchObject({ found: 'unclear' });
  });
});

describe('a removal', () => {
  const remove = (reply: Reply, remoteId = 'urn:li:share:1') => {
    const { io, asked } = scripted(linkedin, [reply], PAGE);
    const work = outcome(linkedin.functions.remove?.(io, { remoteId }) ?? Promise.resolve());
    return work.then((result) => ({ result, asked }));
  };

  it('believes only LinkedIn that a post is gone', async () => {
    expect((await remove({ status: 204, body: '' })).result).toEqual({ removed: true });
    expect((await remove(refusal(404))).result).toEqual({ removed: false });
    const proxy = { status: 404, body: '<html>', headers: { 'content-type': 'text/html' } };
    expect((await remove(proxy)).result).toMatchObject({ kind: expect.any(String) });
  });

  it('of a comment is made as the page', async () => {
    const { asked } = await remove({ status: 204, body: '' }, 'urn:li:comment:(urn:li:activity:1,2)');
    expect(asked[0]?.url).toBe(
      'http://api.test/rest/socialActions/urn%3Ali%3Aactivity%3A1/comments/2?actor=urn%3Ali%3Aorganization%3A7',
    );
  });
});
