import { createHash } from 'node:crypto';
import { type Ctx, json } from '../http';
import type { Problem, Vendor } from '../shell/vendor';

/** Creates an error response in the Graph API's format. */
export function graphError(
  status: number,
  code: number,
  message: string,
  more: {
    type?: string;
    subcode?: number;
    title?: string;
    userMessage?: string;
    transient?: boolean;
    data?: Record<string, unknown>;
  } = {},
): Response {
  return json(
    {
      error: {
        message,
        type: more.type ?? 'OAuthException',
        code,
        ...(more.subcode ? { error_subcode: more.subcode } : {}),
        ...(more.title ? { error_user_title: more.title, error_user_msg: more.userMessage ?? message } : {}),
        ...(more.data ? { error_data: more.data } : {}),
        ...(more.transient === undefined ? {} : { is_transient: more.transient }),
        fbtrace_id: `A${createHash('sha256').update(`${message}${Math.random()}`).digest('base64url').slice(0, 22)}`,
      },
    },
    status,
    status === 401 || code === 190
      ? { 'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${message.replaceAll('"', "'")}"` }
      : {},
  );
}

export const badToken = (subcode = 463) =>
  graphError(400, 190, 'Error validating access token: The session is invalid or has expired.', { subcode });
export const missing = (id: string) =>
  graphError(
    400,
    100,
    `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
    { type: 'GraphMethodException', subcode: 33 },
  );
export const lacks = (permission: string) =>
  graphError(403, 200, `(#200) The permission ${permission} is needed.`);

/** Throttling is code 32 with a usage header, not status 429. */
function facebookProblem(c: Ctx, p: Problem): Response {
  switch (p.is) {
    case 'no_credential':
      return graphError(
        400,
        2500,
        'An active access token must be used to query information about the current user.',
      );
    case 'bad_credential':
      return badToken();
    case 'no_scope':
      return lacks(p.scope);
    case 'too_many': {
      const minutes = Math.max(1, Math.ceil((p.reset * 1000 - c.get('now').getTime()) / 60_000));
      const answer = graphError(400, 32, '(#32) Page request limit reached', { transient: true });
      for (const [k, v] of Object.entries(usage(100, minutes))) answer.headers.set(k, v);
      return answer;
    }
    case 'not_there':
      return missing(p.id);
    case 'invalid':
    case 'conflict':
      return graphError(400, 100, p.text);
    case 'forbidden':
      return graphError(403, 200, p.text);
    case 'server_error':
      return graphError(500, 1, 'An unknown error has occurred.', { transient: true });
  }
}

/** The Graph API's shapes of errors. */
export const facebookVendor: Vendor = {
  platform: 'facebook',
  problem: facebookProblem,
  rare: {
    day_limit: (c, state) => {
      const minutes = Math.max(1, Math.ceil((state.reset * 1000 - c.get('now').getTime()) / 60_000));
      const answer = graphError(400, 80001, '(#80001) There have been too many calls to this Page account.');
      for (const [k, v] of Object.entries(usage(100, minutes))) answer.headers.set(k, v);
      return answer;
    },
    app_limit: () => graphError(400, 341, '(#341) Feed action request limit reached'),
    too_fast: () =>
      graphError(
        400,
        368,
        'We limit how often you can post, comment or do other things in a given amount of time in order to help protect the community from spam. You can try again later.',
        { subcode: 1390008 },
      ),
    other_error: () =>
      json(
        {
          error: {
            message: '(#100) The parameter link is not an address',
            type: 'OAuthException',
            code: '100',
            error_subcode: null,
            error_user_title: null,
            error_user_msg: '',
            is_transient: null,
          },
        },
        400,
      ),
  },
};

/** Creates the usage headers, in per cent. */
export function usage(percent: number, minutes = 0): Record<string, string> {
  const value = {
    call_count: percent,
    total_cputime: Math.floor(percent / 2),
    total_time: Math.floor(percent / 2),
  };
  return {
    'x-app-usage': JSON.stringify(value),
    'x-page-usage': JSON.stringify(value),
    ...(minutes
      ? {
          'x-business-use-case-usage': JSON.stringify({
            page: [{ type: 'pages', ...value, estimated_time_to_regain_access: minutes }],
          }),
        }
      : {}),
  };
}
