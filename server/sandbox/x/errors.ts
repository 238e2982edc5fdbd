import { json, Refusal } from '../http';
import type { RateState } from '../rates';
import type { Problem, Vendor } from '../shell/vendor';

const PROBLEMS = 'https://api.x.com/2/problems';

function problem(
  body: Record<string, unknown> & { status: number },
  headers: Record<string, string> = {},
): Response {
  return json(body, body.status, { 'content-type': 'application/problem+json; charset=utf-8', ...headers });
}

/** Creates an error for which the contract has no problem type: X's plain format, with the usual problem fields added. */
function plain(
  status: number,
  title: string,
  detail: string,
  code: number,
  headers: Record<string, string> = {},
) {
  return json({ title, detail, type: 'about:blank', status, code, message: detail }, status, headers);
}

export const unauthorized = () => plain(401, 'Unauthorized', 'Unauthorized', 89);

export const invalidRequest = (detail: string, parameter?: string) =>
  problem({
    errors: [{ message: detail, parameters: parameter ? { [parameter]: [] } : {} }],
    title: 'Invalid Request',
    detail,
    type: `${PROBLEMS}/invalid-request`,
    status: 400,
    ...(parameter ? { parameter } : {}),
  });

export const forbidden = (detail: string) =>
  problem({
    title: 'Forbidden',
    detail,
    type: `${PROBLEMS}/disallowed-resource`,
    resource_type: 'post',
    section: 'data',
    status: 403,
  });

export const missingScope = (scope: string) =>
  problem({
    title: 'Forbidden',
    detail: `Your token does not have the scope ${scope} that this endpoint needs.`,
    type: `${PROBLEMS}/not-authorized-for-resource`,
    resource_type: 'post',
    section: 'data',
    parameter: 'scope',
    status: 403,
  });

/** Creates the `errors` entry for a post or user that does not exist. X returns it with status 200. */
export const notFoundEntry = (id: string, what: 'tweet' | 'user') => ({
  value: id,
  detail: `Could not find ${what} with id: [${id}].`,
  title: 'Not Found Error',
  resource_type: what,
  parameter: 'id',
  resource_id: id,
  type: `${PROBLEMS}/resource-not-found`,
});

export const notFound = (id: string) => problem({ ...notFoundEntry(id, 'tweet'), status: 404 });

export const notFoundMedia = (id: string) =>
  problem({
    ...notFoundEntry(id, 'tweet'),
    detail: `Could not find media with id: [${id}].`,
    resource_type: 'media',
    status: 404,
  });

export const rateHeaders = (state: Pick<RateState, 'limit' | 'reset'> & { remaining?: number }) => ({
  'x-rate-limit-limit': String(state.limit),
  'x-rate-limit-remaining': String(state.remaining ?? 0),
  'x-rate-limit-reset': String(state.reset),
});

/** What is left of the window of 15 minutes when a limit per day is reached. */
const WINDOW = { limit: 100, remaining: 97, seconds: 840 };
const dayHeaders = (scope: 'app' | 'user', reset: number) => ({
  [`x-${scope}-limit-24hour-limit`]: '50',
  [`x-${scope}-limit-24hour-remaining`]: '0',
  [`x-${scope}-limit-24hour-reset`]: String(reset),
});

function xProblem(p: Problem): Response {
  switch (p.is) {
    case 'no_credential':
    case 'bad_credential':
      return unauthorized();
    case 'no_scope':
      return missingScope(p.scope);
    case 'too_many':
      return plain(429, 'Too Many Requests', 'Too Many Requests', 88, rateHeaders(p));
    case 'not_there':
      return p.what === 'media' ? notFoundMedia(p.id) : notFound(p.id);
    case 'invalid':
      return invalidRequest(p.text, p.field);
    case 'forbidden':
    case 'conflict':
      return forbidden(p.text);
    case 'server_error':
      return problem({
        title: 'Internal Server Error',
        detail: 'Internal Server Error',
        type: `${PROBLEMS}/internal-error`,
        status: 500,
      });
  }
}

/** X's shapes of errors. */
export const xVendor: Vendor = {
  platform: 'x',
  problem: (_c, p) => xProblem(p),
  rare: {
    day_limit: (c, { reset }) => {
      const end = Math.ceil(c.get('now').getTime() / 1000) + WINDOW.seconds;
      return plain(429, 'Too Many Requests', 'Too Many Requests', 88, {
        ...rateHeaders({ ...WINDOW, reset: end }),
        ...dayHeaders('app', reset),
        ...dayHeaders('user', reset),
      });
    },
    // The list of codes, as in version 1.1: code 185.
    too_fast: () =>
      json({ errors: [{ code: 185, message: 'User is over daily status update limit.' }] }, 403),
    other_error: () =>
      problem({
        errors: [
          {
            parameters: { 'reply.in_reply_to_tweet_id': ['12'] },
            message: 'The `reply.in_reply_to_tweet_id` value [12] is not valid',
          },
        ],
        title: 'Invalid Request',
        detail: 'One or more parameters to your request was invalid.',
        type: `${PROBLEMS}/invalid-request`,
        status: 400,
      }),
  },
};

export const refuse = (response: Response): never => {
  throw new Refusal(response);
};
