import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localPath } from './next-path';

describe('the path after signing in', () => {
  it.each([
    ['/calendar?week=10#today', '/calendar?week=10#today'],
    ['//evil.example', '/home'],
    ['/\\evil.example', '/home'],
    ['https://evil.example', '/home'],
    ['javascript:alert(1)', '/home'],
    ['/a\n/b', '/home'],
    ['/.//evil.example', '/home'],
    ['/api/trpc/account.me', '/home'],
    ['/sign-in?next=/x', '/home'],
    [null, '/home'],
  ])('%j leads to %s', (value, expected) => expect(localPath(value)).toBe(expected));

  it('never leaves the app, whatever the input', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `/${s}`),
          fc.string().map((s) => `//${s}`),
        ),
        (value) => {
          const target = localPath(value);
          return (
            new URL(target, 'https://app.example').origin === 'https://app.example' && target.startsWith('/')
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
