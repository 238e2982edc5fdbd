import { test } from 'vitest';
import { contractsPresent } from './contract';
import { oauth, oauthFacts } from './oauth';
import { exchangeOf, expectReader } from './testing';

const answer = { access_token: 't', token_type: 'bearer', expires_in: 7200, refresh_token: 'r' };
const basic = { authorization: 'Basic aWQ6c2VjcmV0' };
const ask = (
  form: Record<string, string>,
  body: unknown = answer,
  headers: Record<string, string> = basic,
) => ({
  ...exchangeOf('POST', '/2/oauth2/token', { form, headers, answer: body }),
  answerHeaders: { 'cache-control': 'no-store' },
});
const code = {
  grant_type: 'authorization_code',
  code: 'c',
  redirect_uri: 'https://a.test',
  code_verifier: 'v',
};
const cases = {
  right: ask(code),
  wrongRequests: {
    'a client that is not named': [ask(code, answer, { authorization: 'Bearer t' }), /not identified/],
    'missing fields': [ask({ grant_type: 'authorization_code', code: 'c' }), /redirect_uri|code_verifier/],
    'an unknown grant': [ask({ grant_type: 'password' }), /password/],
    'another type of body': [
      exchangeOf('POST', '/2/oauth2/token', { json: code, headers: basic }),
      /form|missing|grant_type/,
    ],
  },
  wrongAnswers: {
    'no token': [ask(code, { ...answer, token_type: 'mac' }), /6749, 5\.1/],
    'another lifetime': [ask(code, { ...answer, expires_in: 60 }), /7200/],
    'the old refresh token': [ask({ grant_type: 'refresh_token', refresh_token: 'r' }), /new one/],
    'a response that may be stored': [{ ...ask(code), answerHeaders: {} }, /no-store/],
    'an error of another form': [{ ...ask(code), status: 400, answer: '{}' }, /6749, 5\.2/],
  },
  unknown: exchangeOf('POST', '/2/oauth2/elsewhere', { form: code }),
} satisfies Omit<Parameters<typeof expectReader>[0], 'contract'>;

test('facts of our own', async () => {
  await expectReader({
    ...cases,
    contract: oauthFacts({
      token_url: 'https://host.invalid/2/oauth2/token',
      client_auth: 'basic',
      pkce: 'required',
      access_token_ttl_s: 7200,
      refresh_rotates: true,
    }),
  });
});

test.skipIf(!contractsPresent())('what oauth.json says of X', async () => {
  await expectReader({ ...cases, contract: oauth('x') });
});
