import { json } from '../http';
import { limitHeaders, refuser, vendorOf } from '../shell/vendor';

/** Mastodon's one format of errors. */
export const problem = (status: number, error: string, headers: Record<string, string> = {}): Response =>
  json({ error }, status, headers);
export const refuse = refuser(problem);
export const invalid = (text: string): never => refuse(422, `Validation failed: ${text}`);
export const notFound = (): never => refuse(404, 'Record not found');

export const rateHeaders = limitHeaders('x-ratelimit', 'iso');

export const mastodonVendor = vendorOf('mastodon', problem, {
  no_credential: [401, 'This method requires an authenticated user'],
  bad_credential: [401, 'The access token is invalid'],
  no_scope: [403, 'This action is outside the authorized scopes'],
  too_many: (p) => [429, 'Too many requests', rateHeaders(p)],
  not_there: [404, 'Record not found'],
  invalid: (p) => [422, `Validation failed: ${p.text}`],
  conflict: (p) => [422, `Validation failed: ${p.text}`],
  forbidden: [403, 'This action is not allowed'],
  server_error: [503, 'There was a temporary problem serving your request, please try again'],
});
