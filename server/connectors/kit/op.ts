import type { z } from 'zod';
import type { ApiResponse, ConnectorIo, Effect, Payload, RequestSpec } from './connector';

/** The names in braces of a path. */
type Names<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** What differs from one request of an operation to the next. */
type Call<P extends string> = Pick<RequestSpec, 'query' | 'headers' | 'timeoutMs'> &
  Payload &
  ([Names<P>] extends [never] ? { path?: undefined } : { path: Readonly<Record<Names<P>, string>> });
type Args<P extends string> = [Names<P>] extends [never] ? [call?: Call<P>] : [call: Call<P>];
type More = Pick<RequestSpec, 'host' | 'timeoutMs'>;

/** An operation of a platform's API. */
export interface Operation<T, P extends string> {
  /** Sends a request and returns the validated body. Throws ConnectorFault. */
  (io: ConnectorIo, ...args: Args<P>): Promise<T>;
  /** The same, with the status and the headers of the response. */
  answer(io: ConnectorIo, ...args: Args<P>): Promise<ApiResponse<T>>;
}

function operation<T, const P extends string>(
  name: string,
  method: RequestSpec['method'],
  path: P,
  effect: Effect,
  schema: z.ZodType<T>,
  more: More = {},
): Operation<T, P> {
  const answer = (io: ConnectorIo, ...[call]: Args<P>): Promise<ApiResponse<T>> => {
    const { path: values = {}, ...rest } = call ?? {};
    const spec = { operation: name, method, path: pathOf(path, values), effect, ...more, ...rest };
    return io.request(spec as RequestSpec, schema);
  };
  return Object.assign(async (io: ConnectorIo, ...args: Args<P>) => (await answer(io, ...args)).body, {
    answer,
  });
}

const usual =
  (method: RequestSpec['method'], effect: Effect) =>
  <T, const P extends string>(name: string, path: P, schema: z.ZodType<T>, more?: More): Operation<T, P> =>
    operation(name, method, path, effect, schema, more);

/**
 * Describes an operation once, so that each use is one line. `path` may contain parameters in braces (`/users/{id}/posts`), which every use
 * gives in `path` and which are encoded. `name` is the vendor's name of it, for logs and rate limits.
 *
 * `op.get` reads, `op.post` has an effect, and `op.again` is a POST that may be repeated, as may `op.put`, `op.patch` and `op.delete`. An
 * operation with another effect than is usual for its method is described by `op` itself.
 */
export const op = Object.assign(operation, {
  get: usual('GET', 'read'),
  post: usual('POST', 'effect'),
  again: usual('POST', 'idempotent'),
  put: usual('PUT', 'idempotent'),
  patch: usual('PATCH', 'idempotent'),
  delete: usual('DELETE', 'idempotent'),
});

/** Fills in the parameters of a path. Throws RangeError for a value that would lead to another path, whatever its encoding. */
function pathOf(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    if (value === '' || value === '.' || value === '..')
      throw new RangeError(`"${value}" cannot be "${name}" in ${path}`);
    return encodeURIComponent(value);
  });
}
