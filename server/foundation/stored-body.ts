import { storableText } from './storable';

/** Prefix of a stored body that is base64-encoded because a database text cannot hold it. */
const BASE64 = 'base64:';

/** Returns a received body in a form that the database can store. */
export const storableBody = (body: string): string =>
  storableText(body) === body && !body.startsWith(BASE64)
    ? body
    : `${BASE64}${Buffer.from(body).toString('base64')}`;

/** Returns a body that `storableBody` made storable. */
export const receivedBody = (stored: string): string =>
  stored.startsWith(BASE64) ? Buffer.from(stored.slice(BASE64.length), 'base64').toString() : stored;
