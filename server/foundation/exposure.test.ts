import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exposureProblems, PUBLIC_SANDBOX, parseEnv } from './env';

const open = { TRIBUTARY_SANDBOX: '1', TRIBUTARY_DEMO: '1' };
const allowed = { TRIBUTARY_ALLOW_PUBLIC_SANDBOX: PUBLIC_SANDBOX };

test.each([
  'https://app.example.com',
  'http://192.168.1.10:3000',
  'http://0.0.0.0:3000',
  'https://localhost.example.com',
  'http://[2001:db8::1]',
])('the sandbox and the demo do not start under %s without an explicit confirmation', (APP_URL) => {
  for (const one of [open, { TRIBUTARY_SANDBOX: '1' }, { TRIBUTARY_DEMO: 'true' }]) {
    for (const name of ['APP_URL', ...Object.keys(one), 'TRIBUTARY_ALLOW_PUBLIC_SANDBOX'])
      expect(() => parseEnv({ ...one, APP_URL })).toThrow(name);
    expect(() => parseEnv({ ...one, APP_URL, ...allowed })).not.toThrow();
  }
  expect(() => parseEnv({ APP_URL, TRIBUTARY_SANDBOX: '0', TRIBUTARY_DEMO: '' })).not.toThrow();
});

test.each(['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:80', 'https://tributary.localhost'])(
  '%s counts as this machine',
  (APP_URL) => {
    expect(() => parseEnv({ ...open, APP_URL })).not.toThrow();
  },
);

test.each(['0.0.0.0', '::', '10.0.0.5', 'app.internal'])(
  'the sandbox and the demo do not start with HOST %s without an explicit confirmation',
  (HOST) => {
    expect(() => parseEnv({ ...open, HOST })).toThrow(/HOST[\s\S]*TRIBUTARY_ALLOW_PUBLIC_SANDBOX/);
    expect(() => parseEnv({ ...open, HOST, ...allowed })).not.toThrow();
    expect(() => parseEnv({ HOST })).not.toThrow();
    // A server started by hand may listen anywhere, whatever HOST says.
    const env = parseEnv({ ...open, HOST: '127.0.0.1' });
    expect(exposureProblems(env, [HOST])[0]).toContain(HOST);
    expect(exposureProblems(parseEnv({}), [HOST])).toEqual([]);
  },
);

test('the sandbox and the demo listen on IPv4 and IPv6 loopback addresses', () => {
  for (const HOST of ['127.0.0.1', '::1', 'localhost'])
    expect(() => parseEnv({ ...open, HOST })).not.toThrow();
  expect(exposureProblems(parseEnv(open), ['127.0.0.1', '::1'])).toEqual([]);
});

test('only the exact confirmation opens the sandbox and the demo', () => {
  for (const word of ['1', 'true', 'yes'])
    expect(() =>
      parseEnv({ ...open, APP_URL: 'https://app.example.com', TRIBUTARY_ALLOW_PUBLIC_SANDBOX: word }),
    ).toThrow(/TRIBUTARY_ALLOW_PUBLIC_SANDBOX/);
});

test('the data folder must be a folder of its own', () => {
  for (const folder of ['.', '..', '/', homedir(), process.cwd()])
    expect(() => parseEnv({ TRIBUTARY_DATA_DIR: folder })).toThrow(
      /TRIBUTARY_DATA_DIR: must be a folder of its own/,
    );
  for (const folder of ['.data', path.join(homedir(), 'tributary'), '..data'])
    expect(() => parseEnv({ TRIBUTARY_DATA_DIR: folder })).not.toThrow();
});
