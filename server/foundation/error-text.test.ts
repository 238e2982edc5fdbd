import { describe, expect, it } from 'vitest';
import { cleanText, describeError, safeMessage, scrubError } from './error-text';

const failed = (params: string) =>
  Object.assign(
    new Error(`Failed query: select * from users where email = $1 and name = 'Ada'\nparams: ${params}`),
    {
      query: "select 'Ada'",
      params: [params],
    },
  );

describe('error texts that may be logged', () => {
  it('leaves out the values of a query, even if they span lines or look like a stack', () => {
    const text = safeMessage(failed('secret\n    at secret (x:1:2)\nparams: secret'));
    expect(text).toBe("Failed query: select * from users where email = $1 and name = '…'");
  });
  it('also removes them from copied texts', () => {
    expect(cleanText(`The step failed: Failed query: select $1\nparams: secret`)).toBe(
      'The step failed: Failed query: select $1',
    );
  });
  it('leaves other errors and other values unchanged', () => {
    const plain = new Error('Failed to reach “x”', { cause: 'why' });
    expect(scrubError(plain)).toBe(plain);
    expect(plain.message).toBe('Failed to reach “x”');
    expect(describeError(plain)).toMatchObject({
      type: 'Error',
      message: 'Failed to reach “x”',
      cause: 'why',
    });
    expect(describeError(7)).toBe(7);
    expect(scrubError(null)).toBe(null);
  });
  it('terminates on a circular chain of causes', () => {
    const one = failed('secret');
    one.cause = new Error('two', { cause: one });
    scrubError(one);
    expect(JSON.stringify(describeError(one))).not.toContain('secret');
  });
  it('keeps the fields that code depends on', () => {
    const cause = Object.assign(new Error('duplicate key value violates unique constraint "users_email"'), {
      code: '23505',
      severity: 'ERROR',
      constraint: 'users_email',
      detail: 'Key (email)=(secret) already exists.',
    });
    const error = scrubError(Object.assign(failed('secret'), { cause }));
    expect(error.cause).toMatchObject({ code: '23505', constraint: 'users_email' });
    expect(JSON.stringify({ ...error.cause })).not.toContain('secret');
    expect(error.cause.message).toContain('users_email');
  });
});
