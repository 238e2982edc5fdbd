import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestSandbox, testSandbox } from './test-sandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
afterAll(() => sandbox.db.close());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
async function open(path: string, accept = BROWSER) {
  const response = await sandbox.handler(new Request(`http://sandbox.test${path}`, { headers: { accept } }));
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

it.each([
  ['/x', '/x/'],
  ['/facebook', '/facebook/'],
  ['/etsy', '/etsy/shop/'],
  ['/etsy/shop', '/etsy/shop/'],
])('%s lists its accounts with working links', async (path, prefix) => {
  const { status, type, text } = await open(path);
  expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
  const links = [...text.matchAll(/<h3><a href="([^"]+)">/g)].map((m) => m[1] ?? '');
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) {
    expect(link).toContain(prefix);
    expect((await open(link)).status).toBe(200);
  }
  // The same accounts as in the overview, and none of another platform.
  const overview = (await open('/')).text;
  for (const link of links) expect(overview).toContain(`href="${link}"`);
});

it.each(['/x/nobody-here', '/facebook/nobody-here', '/x/nobody-here/likes', '/stripe', '/nowhere'])(
  'shows a browser a 404 page at %s',
  async (path) => {
    const { status, type, text } = await open(path);
    expect([status, type]).toEqual([404, 'text/html; charset=utf-8']);
    expect(text).toContain('There is nothing here');
    expect(text).toContain('Overview');
  },
);

it('returns JSON for an unknown path to other clients', async () => {
  const { status, type, text } = await open('/x/2/nothing', 'application/json');
  expect([status, type]).toEqual([404, 'application/json; charset=utf-8']);
  expect(JSON.parse(text)).toEqual({ error: 'There is nothing at /x/2/nothing.' });
});
