import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, readDatabaseAddress, trimAddress } from './database-address';
import { EnvError, parseEnv } from './env';

describe('database addresses', () => {
  test.each([
    ['postgres://u:p@db.example.com/d', 'db.example.com:5432'],
    ['postgresql://u:p@db.example.com:6543/d?sslmode=disable', 'db.example.com:6543'],
    ['POSTGRES://u@127.0.0.1:1/d', '127.0.0.1:1'],
    ['postgres://u@[::1]:1/d', '[::1]:1'],
    ['postgres://u@/d?host=/run/postgresql&port=5433', 'the socket in /run/postgresql (port 5433)'],
    ['postgres://u:p@/d?host=/run/postgresql', 'the socket in /run/postgresql (port 5432)'],
    ['postgresql:///d?host=/run/postgresql&user=u', 'the socket in /run/postgresql (port 5432)'],
    ['postgres://u@%2Frun%2Fpostgresql:5433/d', 'the socket in /run/postgresql (port 5433)'],
    ['postgres://u:p%40ss%231%2F%3F@h:1/d', 'h:1'],
    ['postgres://u:p@h/d?options=-c%20search_path%3Dpublic', 'h:5432'],
    [
      'postgres://u:p@ep-x-pooler.eu.neon.tech/d?sslmode=require&channel_binding=require',
      'ep-x-pooler.eu.neon.tech:5432',
    ],
  ])('reads an address as pg does: %s', (url, shown) => {
    expect(formatAddress(readDatabaseAddress(url))).toBe(shown);
    for (const around of [url, ` ${url} \n`, `"${url}"`, `'${url}'`])
      expect(parseEnv({ DATABASE_URL: around }).DATABASE_URL).toBe(url);
    expect(trimAddress(trimAddress(url))).toBe(url);
  });

  test('refuses an address that is split by an unencoded character of its password, before connecting and without repeating any of the password', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('#', '@', '/', '?', '@#', '%zz'),
        fc.stringMatching(/^[a-z]{6}$/),
        fc.stringMatching(/^[A-Z]{6}[0-9]$/),
        (odd, before, after) => {
          const secret = [`${before}Q`, `Q${after}`];
          let said: unknown;
          try {
            // Only %zz may be accepted, because it can be read in only one way.
            expect(odd).toBe('%zz');
            readDatabaseAddress(`postgres://user:${secret.join(odd)}@db:5432/d`);
          } catch {
            try {
              parseEnv({ DATABASE_URL: `postgres://user:${secret.join(odd)}@db:5432/d` });
            } catch (error) {
              said = error;
            }
            expect(said).toBeInstanceOf(EnvError);
            expect(String(said)).toMatch(/DATABASE_URL[\s\S]*%40/);
            for (const part of secret) expect(String(said)).not.toContain(part);
          }
        },
      ),
    );
  });

  test.each([
    ['mysql://u:hunter2@h/d', /postgres:\/\//],
    ['postgres://u:hunter2@a:1,b:2/d', /several servers/],
    ['postgres://u:hunter2@h/d?sslrootcert=/no/such/hunter2.pem', /certificate/],
    ['postgres://u:12@h:hunter2/d', /cannot be read/],
  ])('refuses an unsupported address with an explanation', (url, words) => {
    expect(() => parseEnv({ DATABASE_URL: url })).toThrow(words);
    expect(() => parseEnv({ DATABASE_URL: url })).not.toThrow(/hunter2/);
  });
});
