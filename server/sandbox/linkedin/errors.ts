import { type Ctx, json, Refusal } from '../http';
import type { Problem, Vendor } from '../shell/vendor';

/** Creates an error response in LinkedIn's format. */
export const linkedinError = (
  status: number,
  code: string,
  message: string,
  more: { serviceErrorCode?: number; errorDetails?: object } = {},
): Response => json({ status, code, message, ...more }, status);

/** Refuses a post or comment because of its content. */
export const unprocessable = (code: string, description: string, message: string): Response =>
  linkedinError(422, code, message, { errorDetails: { inputErrors: [{ description, input: {}, code }] } });

/** `action` is the resource with its method, such as `posts.CREATE`. */
export const denied = (action: string): Response =>
  linkedinError(403, 'ACCESS_DENIED', `Not enough permissions to access: ${action}`, {
    serviceErrorCode: 100,
  });

export const missing = (what: string): Response =>
  linkedinError(404, 'NOT_FOUND', `Could not find entity ${what}`);
export const invalid = (message: string): Response => linkedinError(400, 'ILLEGAL_ARGUMENT', message);
export function refuse(response: Response): never {
  throw new Refusal(response);
}

function linkedinProblem(_c: Ctx, p: Problem): Response {
  switch (p.is) {
    case 'no_credential':
      return linkedinError(401, 'EMPTY_ACCESS_TOKEN', 'Empty oauth2 access token', {
        serviceErrorCode: 65604,
      });
    case 'bad_credential':
      return linkedinError(
        401,
        'REVOKED_ACCESS_TOKEN',
        'The token used in the request has been revoked by the user',
        {
          serviceErrorCode: 65601,
        },
      );
    case 'no_scope':
      return denied(`the permission ${p.scope}`);
    case 'too_many':
      return linkedinError(
        429,
        'TOO_MANY_REQUESTS',
        'Resource level throttle limit for calls to this resource is reached',
        {
          serviceErrorCode: 101,
        },
      );
    case 'not_there':
      return missing(p.id);
    case 'invalid':
    case 'conflict':
      return invalid(p.text);
    case 'forbidden':
      return denied(p.text);
    case 'server_error':
      return linkedinError(500, 'INTERNAL_SERVER_ERROR', 'Internal Server Error');
  }
}

export const linkedinVendor: Vendor = { platform: 'linkedin', problem: linkedinProblem };
