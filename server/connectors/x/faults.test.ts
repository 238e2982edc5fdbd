import { describe, expect, it } from 'vitest';
import { NOW, ok, outcome, type Reply, scripted } from '../host/testing';
import type { ConnectorFault } from '../kit/types';
import { x } from '.';

const publish = (reply: Reply) => {
  const { io } = scripted(x, [reply]);
  const work = x.functions.publish?.(io, { text: 'Hello', idempotencyKey: 'k' });
  return outcome(work ?? Promise.resolve()) as Promise<ConnectorFault>;
};
const lookUp = (reply: Reply) => {
  const { io } = scripted(x, [reply, reply]);
  const input = { text: 'Hello', since: new Date(0), exclude: [] };
  return outcome(x.functions.lookup?.(io, input) ?? Promise.resolve()) as Promise<ConnectorFault>;
};
const at = (seconds: number) => String(Math.floor(NOW.getTime() / 1000) + seconds);
const tooMany = (
  headers: Record<string, string>,
  body: unknown = { title: 'Too Many Requests', status: 429 },
) => publish({ status: 429, body, headers });

describe('a limit', () => {
  it.each<[string, Promise<ConnectorFault>, number]>([
    [
      'per day beside a window with requests left',
      tooMany({
        'x-rate-limit-remaining': '97',
        'x-rate-limit-reset': at(840),
        'x-user-limit-24hour-remaining': '0',
        'x-user-limit-24hour-reset': at(80_000),
      }),
      80_000,
    ],
    [
      'of the app’s plan, with much left of the window',
      tooMany(
        { 'x-rate-limit-remaining': '39999', 'x-rate-limit-reset': at(840) },
        {
          title: 'UsageCapExceeded',
          period: 'Monthly',
          detail: 'Usage cap exceeded: Monthly product cap',
          type: 'https://api.twitter.com/2/problems/usage-capped',
        },
      ),
      86_400,
    ],
    ['with its older status', publish({ status: 420, body: { detail: 'Enhance your calm' } }), 60],
    [
      'per day with status 403',
      publish({
        status: 403,
        body: { errors: [{ code: 185, message: 'User is over daily status update limit.' }] },
      }),
      1800,
    ],
    [
      'per day in problem details',
      publish({
        status: 403,
        body: {
          title: 'Forbidden',
          detail: 'You have reached your daily limit for sending posts.',
          status: 403,
        },
      }),
      1800,
    ],
    [
      'for requests that look automated',
      publish({
        status: 403,
        body: {
          errors: [
            {
              code: 226,
              message:
                'This request looks like it might be automated. To protect our users from spam, we can’t complete this action right now. Please try again later.',
            },
          ],
        },
      }),
      1800,
    ],
  ])('%s is waited for', async (_name, answer, seconds) => {
    expect(await answer).toMatchObject({ kind: 'rate_limited', options: { retryAfter: seconds } });
  });
});

const PROBLEMS = 'https://api.twitter.com/2/problems';
const SUBSET =
  'You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only. If you need access to this endpoint, you may need a different access level.';

describe('a refusal of the installation', () => {
  it.each<[string, unknown]>([
    [
      'whose plan lacks the endpoint',
      {
        title: 'Forbidden',
        detail: SUBSET,
        reason: 'client-not-enrolled',
        type: `${PROBLEMS}/client-forbidden`,
      },
    ],
    ['by its code', { errors: [{ code: 453, message: SUBSET }] }],
    ['by its words alone', { title: 'Forbidden', detail: SUBSET }],
    ['by its code alone', { code: 453, message: SUBSET, type: 'about:blank' }],
    [
      'that may not sign in like this',
      {
        title: 'Unsupported Authentication',
        detail: 'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.',
        type: `${PROBLEMS}/unsupported-authentication`,
      },
    ],
    [
      'without the permissions',
      {
        detail:
          'Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.',
        type: `${PROBLEMS}/oauth1-permissions`,
      },
    ],
  ])('%s leaves the connection and names the operator', async (_name, body) => {
    for (const fault of [await publish({ status: 403, body }), await lookUp({ status: 403, body })]) {
      expect(fault).toMatchObject({ kind: 'transient', options: { installation: true } });
      expect(fault.fact).toSay(/operator/);
    }
  });

  it.each<[string, number, unknown]>([
    [
      'credits',
      402,
      {
        title: 'CreditsDepleted',
        detail: 'Your enrolled account [1234567890123456789] does not have any credits.',
        type: `${PROBLEMS}/credits`,
      },
    ],
    [
      'own limit for spending',
      403,
      { title: 'SpendCapReached', detail: 'Spend cap', type: `${PROBLEMS}/credits` },
    ],
    ['requests', 403, { title: 'UsageCapExceeded', detail: 'Usage cap', type: `${PROBLEMS}/usage-capped` }],
    ['requests, with the usual status', 429, { title: 'UsageCapExceeded', type: 'about:blank' }],
  ])('that has used up its %s is waited for and names the operator', async (_name, status, body) => {
    const fault = await publish({ status, body });
    expect(fault).toMatchObject({
      kind: 'rate_limited',
      options: { retryAfter: 86_400, installation: true },
    });
    expect(fault.fact).toSay(/operator/);
  });

  it('is not one of the account', async () => {
    for (const body of [
      {
        errors: [
          { code: 64, message: 'Your account is suspended and is not permitted to access this feature.' },
        ],
      },
      {
        detail: 'Your account is suspended and is not permitted to access this feature.',
        type: 'about:blank',
      },
      { detail: 'User has been suspended.', type: `${PROBLEMS}/user-suspended` },
    ])
      expect(await publish({ status: 403, body })).toMatchObject({
        kind: 'rejected',
        options: { vendorCode: 'suspended' },
      });
    expect(
      await publish({
        status: 403,
        body: { detail: 'Your account is not permitted to access this feature.' },
      }),
    ).toMatchObject({ kind: 'rejected' });
  });
});

it('asks for a new connection if the token lacks a permission', async () => {
  for (const detail of [
    'Your token does not have the scope tweet.write that this endpoint needs.',
    'The token is missing the required scopes.',
  ])
    expect(await publish({ status: 403, body: { title: 'Forbidden', detail } })).toMatchObject({
      kind: 'reauth',
      options: { forbidden: true },
    });
});

describe('the words of a refusal', () => {
  it.each<[string, unknown, string]>([
    [
      'problem details',
      { title: 'Forbidden', detail: 'The account is locked.', status: 403 },
      'The account is locked.',
    ],
    [
      'the short form',
      { code: 220, message: 'Your credentials do not allow this' },
      'Your credentials do not allow this',
    ],
    [
      'a list',
      { errors: [{ code: 386, message: 'The post has too many attachments' }] },
      'The post has too many attachments',
    ],
    [
      'a list with the field, beside general words',
      {
        title: 'Invalid Request',
        detail: 'One or more parameters to your request was invalid.',
        errors: [{ message: 'The `poll.options` value is not valid', parameters: { 'poll.options': [] } }],
      },
      'The `poll.options` value is not valid. One or more parameters to your request was invalid.',
    ],
    [
      'OAuth',
      { error: 'invalid_request', error_description: 'The client is suspended' },
      'The client is suspended',
    ],
    ['text', 'Blocked by policy', 'Blocked by policy'],
  ])('are shown from %s', async (_name, body, words) => {
    for (const status of [400, 403, 422])
      expect((await publish({ status, body })).fact).toMatchObject({ params: { said: words } });
  });

  it('keep their meaning in every shape', async () => {
    const gone = 'You attempted to reply to a Tweet that is deleted or not visible to you.';
    for (const body of [{ detail: gone }, { errors: [{ message: gone }] }, { error: gone }])
      expect(await publish({ status: 403, body })).toMatchObject({ options: { vendorCode: 'no_parent' } });
  });
});

it('shows the name of an account as it is', async () => {
  const { io } = scripted(x, [ok({ data: { id: '1', username: 'rb', name: 'R&amp;B &amp;amp; Soul' } })]);
  expect(await x.hooks.identify(io, {})).toMatchObject([{ name: 'R&B &amp; Soul (@rb)' }]);
});
