import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';
import { weightedLength } from './text';

let s: TestSandbox;
let token: string;
beforeAll(async () => {
  s = await testSandbox();
});
afterAll(() => s.db.close());
beforeEach(async () => {
  await s.control('/reset');
  token = (await s.tokens('x', 'mira_draws', ['tweet.read', 'tweet.write', 'users.read', 'offline.access']))
    .accessToken;
});
const post = (text: string) => s.call('POST', '/x/2/tweets', { token, json: { text } });

describe('posts', () => {
  it('are created, retrieved, listed in pages and deleted', async () => {
    const me = await bodyOf(await s.call('GET', '/x/2/users/me', { token }));
    expect(me.data).toMatchObject({ username: 'mira_draws', name: 'Mira Okafor' });
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) {
      const created = await post(`Post number ${i}`);
      expect(created.status).toBe(201);
      expect(created.headers.get('x-rate-limit-remaining')).toBe(String(99 - i));
      ids.push((await bodyOf(created)).data.id);
      s.clock.advance(1_000);
    }
    const first = await bodyOf(
      await s.call('GET', `/x/2/users/${me.data.id}/tweets?max_results=5&post.fields=created_at`, { token }),
    );
    expect(first.data.map((d: { id: string }) => d.id)).toEqual(ids.slice(2).reverse());
    const second = await bodyOf(
      await s.call(
        'GET',
        `/x/2/users/${me.data.id}/tweets?max_results=5&pagination_token=${first.meta.next_token}`,
        { token },
      ),
    );
    expect(second.data.map((d: { id: string }) => d.id)).toEqual(ids.slice(0, 2).reverse());
    expect(second.meta.next_token).toBeUndefined();
    const since = encodeURIComponent(first.data[1].created_at);
    const recent = await bodyOf(
      await s.call('GET', `/x/2/users/${me.data.id}/tweets?start_time=${since}`, { token }),
    );
    expect(recent.meta.result_count).toBe(2);
    expect(await bodyOf(await s.call('DELETE', `/x/2/tweets/${ids[0]}`, { token }))).toEqual({
      data: { deleted: true },
    });
    const missing = await bodyOf(await s.call('GET', `/x/2/tweets/${ids[0]}`, { token }));
    expect(missing.errors[0].type).toBe('https://api.x.com/2/problems/resource-not-found');
  });

  it('are refused if the text was posted before, until the first one is deleted', async () => {
    const { data } = await bodyOf(await post('Twice is once too much'));
    const again = await post('Twice is once too much ');
    expect(again.status).toBe(403);
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    expect((await bodyOf(again)).detail).toContain('duplicate content');
    const effects = await bodyOf(await s.call('GET', '/control/effects?platform=x'));
    expect(effects).toMatchObject({ count: 1, refusedDuplicates: 1, duplicates: [] });
    await s.call('DELETE', `/x/2/tweets/${data.id}`, { token });
    expect((await post('Twice is once too much')).status).toBe(201);
  });

  it('are limited by X’s weighted length', async () => {
    expect(weightedLength('a'.repeat(280))).toBe(280);
    expect(weightedLength('日本')).toBe(4);
    expect(weightedLength('👨‍👩‍👧 ok')).toBe(5);
    expect(weightedLength(`see https://example.com/${'x'.repeat(200)}`)).toBe(27);
    expect(weightedLength('https://example.com/aをご覧ください')).toBe(37);
    expect(weightedLength('https://ashort.url?a=1')).toBe(22);
    expect((await post('a'.repeat(281))).status).toBe(403);
    expect((await post('a'.repeat(280))).status).toBe(201);
    expect((await post('')).status).toBe(400);
  });

  it('are returned with short addresses, escaped characters and the originals of their links', async () => {
    const { data } = await bodyOf(
      await post(' 👍 <Tea> & cake: https://example.com/aをご覧 example.org\n\n\n\nSoon '),
    );
    const path = `/x/2/tweets/${data.id}`;
    const shown = (await bodyOf(await s.call('GET', `${path}?post.fields=entities`, { token }))).data;
    const short = 'https://t\\.co/\\w{10}';
    expect(shown.text).toMatch(
      new RegExp(`^👍 &lt;Tea&gt; &amp; cake: ${short}をご覧 ${short}\\n\\nSoon$`, 'u'),
    );
    expect(data.text).toBe(shown.text);
    expect(shown.entities.urls.map((u: { expanded_url: string }) => u.expanded_url)).toEqual([
      'https://example.com/a',
      'http://example.org',
    ]);
    for (const { start, end, url } of shown.entities.urls)
      expect([...shown.text].slice(start, end).join('')).toBe(url);
    expect((await bodyOf(await s.call('GET', path, { token }))).data).not.toHaveProperty('entities');
  });

  it('are refused with a character that X does not accept', async () => {
    expect((await post('a\uFEFFb')).status).toBe(400);
  });

  it('are limited per window, and possible again in the next', async () => {
    await s.control('/limits', { operation: 'x.createPosts', limit: 2, windowSeconds: 900 });
    await post('one');
    await post('two');
    const third = await post('three');
    expect(third.status).toBe(429);
    expect(third.headers.get('x-rate-limit-remaining')).toBe('0');
    const reset = Number(third.headers.get('x-rate-limit-reset'));
    s.clock.set(new Date(reset * 1000));
    expect((await post('three')).status).toBe(201);
  });

  it('require the scope of the operation', async () => {
    const reader = await s.tokens('x', 'tinyplates', ['tweet.read', 'users.read']);
    expect(
      (await s.call('POST', '/x/2/tweets', { token: reader.accessToken, json: { text: 'no' } })).status,
    ).toBe(403);
    expect((await s.call('GET', '/x/2/users/me', { token: 'unknown' })).status).toBe(401);
  });

  it('show reactions of followers that are reproducible and never decrease', async () => {
    const { data } = await bodyOf(await post('What do you think?'));
    const metrics = async () =>
      (await bodyOf(await s.call('GET', `/x/2/tweets/${data.id}?post.fields=public_metrics`, { token }))).data
        .public_metrics;
    expect(await metrics()).toMatchObject({ impression_count: 0, like_count: 0 });
    await s.control('/advance', { hours: 12 });
    const later = await metrics();
    expect(later.impression_count).toBeGreaterThan(100);
    expect(later.like_count).toBeGreaterThan(0);
    expect(await metrics()).toEqual(later);
    await s.control('/advance', { hours: 12 });
    expect((await metrics()).impression_count).toBeGreaterThanOrEqual(later.impression_count);
  });
});

describe('faults', () => {
  it('drop the connection after the post is created', async () => {
    await s.control('/faults', { platform: 'x', operation: 'createPosts', kind: 'reset_after', count: 1 });
    await expect(post('Made without an answer')).rejects.toThrow('fetch failed');
    const effects = await bodyOf(await s.call('GET', '/control/effects?platform=x'));
    expect(effects.posts.map((p: { text: string }) => p.text)).toEqual(['Made without an answer']);
    expect((await post('The next one is answered')).status).toBe(201);
  });

  it('return errors before or after the effect, return nonsense, delay the response or end access', async () => {
    const fault = (kind: string, more = {}) =>
      s.control('/faults', { platform: 'x', operation: 'createPosts', kind, count: 1, ...more });
    await fault('500_before');
    expect((await post('A')).status).toBe(500);
    expect((await post('A')).status).toBe(201);
    await fault('500_after');
    expect((await post('B')).status).toBe(500);
    expect((await post('B')).status).toBe(403);
    await fault('429', { ms: 30_000 });
    const many = await post('C');
    expect(many.status).toBe(429);
    expect(Number(many.headers.get('x-rate-limit-reset'))).toBe(s.clock.now().getTime() / 1000 + 30);
    await fault('nonsense');
    expect((await post('D')).headers.get('content-type')).toBe('text/html');
    await fault('latency', { ms: 1_234 });
    expect((await post('E')).status).toBe(201);
    expect(s.waits).toContain(1_234);
    await fault('revoke_tokens');
    expect((await post('F')).status).toBe(401);
    expect((await post('F')).status).toBe(401);
  });

  it('are reproducible with the same seed', async () => {
    const run = async () => {
      await s.call('DELETE', '/control/faults');
      await s.control('/faults', {
        platform: 'x',
        operation: 'getUsersMe',
        kind: '500_before',
        probability: 0.5,
        seed: 7,
      });
      const out: number[] = [];
      for (let i = 0; i < 12; i++) out.push((await s.call('GET', '/x/2/users/me', { token })).status);
      return out;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });
});
