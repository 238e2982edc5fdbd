import { json } from '../http';
import { refuser, vendorOf } from '../shell/vendor';
import { shape } from './shapes';

interface More {
  serviceErrorCode?: number;
  errorDetails?: object;
}

/** LinkedIn's one format of errors. */
export const linkedinError = (status: number, code: string, message: string, more: More = {}): Response =>
  json(shape('Error', { status, code, message, ...more }), status);
export const refuse = refuser(linkedinError);
export const invalid = (message: string): never => refuse(400, 'ILLEGAL_ARGUMENT', message);
export const missing = (what: string): never => refuse(404, 'NOT_FOUND', `Could not find entity ${what}`);

/** Refuses a post or comment because of its content. */
export const unprocessable = (code: string, description: string, message: string): never =>
  refuse(422, code, message, { errorDetails: { inputErrors: [{ description, input: {}, code }] } });

const noAccess = (action: string): Parameters<typeof linkedinError> => [
  403,
  'ACCESS_DENIED',
  `Not enough permissions to access: ${action}`,
  { serviceErrorCode: 100 },
];
/** `action` is the resource with its method, such as `posts.CREATE`. */
export const denied = (action: string): never => refuse(...noAccess(action));

export const linkedinVendor = vendorOf('linkedin', linkedinError, {
  no_credential: [401, 'EMPTY_ACCESS_TOKEN', 'Empty oauth2 access token', { serviceErrorCode: 65604 }],
  bad_credential: [
    401,
    'REVOKED_ACCESS_TOKEN',
    'The token used in the request has been revoked by the user',
    { serviceErrorCode: 65601 },
  ],
  no_scope: ({ scope }) => noAccess(`the permission ${scope}`),
  too_many: [
    429,
    'TOO_MANY_REQUESTS',
    'Resource level throttle limit for calls to this resource is reached',
    { serviceErrorCode: 101 },
  ],
  not_there: ({ id }) => [404, 'NOT_FOUND', `Could not find entity ${id}`],
  invalid: ({ text }) => [400, 'ILLEGAL_ARGUMENT', text],
  conflict: ({ text }) => [400, 'ILLEGAL_ARGUMENT', text],
  forbidden: ({ text }) => noAccess(text),
  server_error: [500, 'INTERNAL_SERVER_ERROR', 'Internal Server Error'],
});
