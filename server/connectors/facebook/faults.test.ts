import { describe, expect, it, test } from 'vitest';
import { outcome, type Reply, scripted } from '../host/testing';
import type { ConnectorFault } from '../kit/types';
import { facebook } from '.';

const graph = (
  code: number | string,
  more: Record<string, unknown> = {},
  status = 400,
  headers: Record<string, string> = {},
): Reply => ({
  status,
  body: { error: { message: `(#${code}) Something`, type: 'OAuthException', code, ...more } },
  headers,
});
const post = { text: 'Hello', idempotencyKey: 'k' };
const publish = (reply: Reply) => {
  const { io } = scripted(facebook, [reply]);
  return outcome(facebook.functions.publish?.(io, post) ?? Promise.resolve()) as Promise<ConnectorFault>;
};
const lookUp = (reply: Reply) => {
  const { io } = scripted(facebook, [reply, reply]);
  const input = { text: 'Hello', since: new Date(0), exclude: [] };
  return outcome(facebook.functions.lookup?.(io, input) ?? Promise.resolve()) as Promise<ConnectorFault>;
};
const usage = (minutes: number) => ({
  'x-app-usage': '{"call_count":100,"total_time":20,"total_cputime":20}',
  'x-business-use-case-usage': JSON.stringify({
    77: [{ type: 'pages', call_count: 100, estimated_time_to_regain_access: minutes }],
  }),
});

const TEMPORARY = [4, 9, 17, 32, 341, 613, ...Array.from({ length: 15 }, (_, i) => 80_000 + i)];

describe('a refusal that ends by itself', () => {
  it.each(TEMPORARY)('code %i waits, whatever else the error says', async (code) => {
    for (const reply of [
      graph(code),
      graph(code, { is_transient: false, error_subcode: 1996 }),
      graph(String(code), { error_subcode: null, error_user_msg: null, is_transient: null }),
      graph(code, {}, 403),
      graph(code, {}, 500),
    ]) {
      expect(await publish(reply)).toMatchObject({ kind: 'rate_limited' });
      expect(await lookUp(reply)).toMatchObject({ kind: 'rate_limited' });
    }
  });

  it('waits as long as the usage says', async () => {
    expect(await publish(graph(80001, {}, 400, usage(45)))).toMatchObject({ options: { retryAfter: 2700 } });
    expect(await publish(graph(341, {}, 400, { 'retry-after': '120', ...usage(1) }))).toMatchObject({
      options: { retryAfter: 120 },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['its subcode', { error_subcode: 1390008 }],
    [
      'its words',
      {
        message:
          'We limit how often you can post, comment or do other things in a given amount of time. You can try again later.',
      },
    ],
    [
      'a temporary restriction',
      { message: "You're temporarily restricted from sharing posts until tomorrow." },
    ],
    ['its mark', { is_transient: true }],
  ])('a block for posting too fast waits an hour at least (%s)', async (_by, more) => {
    expect(await publish(graph(368, more))).toMatchObject({
      kind: 'rate_limited',
      options: { retryAfter: 3600 },
    });
  });

  it('leaves a block for what was posted to a person', async () => {
    const abusive = 'The action attempted has been deemed abusive or is otherwise disallowed';
    expect(await publish(graph(368, { message: abusive }))).toMatchObject({ kind: 'rejected' });
  });

  it.each([
    [368, "You've already posted this. Posting the same content repeatedly on Facebook isn't allowed."],
    [
      100,
      '(#100) The status you are trying to publish is a duplicate of, or too similar to, one that we recently posted to Twitter',
    ],
    [506, 'Duplicate status message'],
  ])('says that the text is a repetition (code %i)', async (code, message) => {
    const fault = await publish(graph(code, { message }));
    expect(fault).toMatchObject({ kind: 'rejected' });
    expect(fault.fact).toSay(/the same text was posted recently/);
    expect((await publish(graph(code, { message: '', error_user_msg: message }))).fact).toEqual(fault.fact);
  });

  it.each([1, 2])('code %i leaves open whether the post was created', async (code) => {
    expect(await publish(graph(code))).toMatchObject({ kind: 'unknown_outcome' });
    expect(await lookUp(graph(code))).toMatchObject({ kind: 'transient' });
  });
});

test.each([
  [459, /facebook\.com/],
  [464, /facebook\.com/],
  [490, /facebook\.com/],
  [492, /role on the Page/],
  [460, /has ended/],
])('a token that ended with subcode %i says what to do', async (error_subcode, words) => {
  const fault = await publish(graph(190, { error_subcode }));
  expect(fault).toMatchObject({ kind: 'reauth' });
  expect(fault.fact).toSay(words);
});

const client = { clientId: 'id', clientSecret: 'secret' };
test.each([...TEMPORARY, 1, 2])('a sign-in refused with code %i may be repeated', async (code) => {
  const { io } = scripted(facebook, [graph(code)]);
  const grant = { code: 'c', redirectUri: 'https://a.test', codeVerifier: null };
  const fault = await outcome(facebook.hooks.exchange?.(io, grant, client) ?? Promise.resolve());
  expect(['transient', 'rate_limited']).toContain((fault as ConnectorFault).kind);
});

describe('the words of a refusal', () => {
  it.each<[string, Reply, string]>([
    ['for people', graph(100, { error_user_msg: 'Choose another link.' }), 'Choose another link.'],
    [
      'without entities',
      graph(100, { error_user_msg: 'You can&#039;t share &quot;A &amp; B&quot; here.' }),
      'You can\'t share "A & B" here.',
    ],
    ['for programs', graph(100, { error_user_msg: '' }), '(#100) Something'],
    ['with a code as text', graph('100', { error_subcode: null }), '(#100) Something'],
    [
      'in OAuth’s shape',
      { status: 400, body: { error: 'invalid_request', error_description: 'The link is not an address.' } },
      'The link is not an address.',
    ],
    [
      'of an upload',
      { status: 400, body: { debug_info: { message: 'Bad offset', type: 'x' } } },
      'Bad offset',
    ],
    ['in text', { status: 403, body: 'Request blocked' }, 'Request blocked'],
  ])('are shown %s', async (_name, reply, words) => {
    expect((await publish(reply)).fact).toMatchObject({ params: { said: words } });
  });
});
