import { expect } from 'vitest';
import { type Case, does } from '../define';

const counts = ['likes', 'replies', 'reposts', 'views'] as const;

export const results: readonly Case[] = [
  {
    name: 'a post is removed, and a second removal is no error',
    applies: (m) => does(m, 'publish', 'remove'),
    async run(p) {
      const post = await p.newPost();
      const { remoteId } = await p.publish(post);
      expect(await p.call('remove', { remoteId })).toMatchObject({ removed: true });
      expect(await p.onPlatform(post.word)).toEqual([]);
      await p.call('remove', { remoteId });
    },
  },
  {
    name: 'results are read of a post that is there, and one that is gone does not spoil them',
    applies: (m) => does(m, 'publish', 'engagement'),
    async run(p) {
      const { remoteId: there } = await p.publish(await p.newPost());
      const { remoteId: gone } = await p.publish(await p.newPost());
      const remoteIds = p.does('remove') && (p.manifest.engagementBatch ?? 1) > 1 ? [there, gone] : [there];
      if (remoteIds.length > 1) await p.call('remove', { remoteId: gone });
      p.stand.clock.advance(6 * 3_600_000);
      const read = await p.call('engagement', { remoteIds });
      const one = read.find(({ remoteId }) => remoteId === there);
      expect(one).toMatchObject({ gone: false });
      for (const name of counts)
        expect(one?.[name] === null || Number.isInteger(one?.[name]), name).toBe(true);
      const lost = read.find(({ remoteId }) => remoteId === gone);
      if (lost) expect(lost).toMatchObject({ gone: true, likes: null, replies: null, views: null });
      expect(read.length).toBeLessThanOrEqual(2);
    },
  },
  {
    name: 'a list whose later pages are missing calls no post absent',
    applies: (m) => does(m, 'publish', 'lookup'),
    async run(p) {
      const oldest = await p.newPost();
      await p.publish(oldest);
      for (let i = 0; i < 6; i++) await p.publish(await p.newPost());
      // Pages become as small as the platforms allow.
      let pages = 0;
      let first: { status: number; headers: Record<string, string>; body: string } | undefined;
      p.stand.plan(
        ({ method, url }) => method === 'GET' && new URL(url).search !== '',
        async (wire, deliver) => {
          const url = new URL(wire.url);
          for (const name of ['max_results', 'limit', 'count', 'per_page', 'page_size', 'pageSize'])
            if (url.searchParams.has(name)) url.searchParams.set(name, '5');
          if (++pages > 1 && first) return first;
          first = await deliver({ ...wire, url: url.href });
          return first;
        },
        100,
      );
      let found = 'unclear';
      const since = new Date(p.stand.clock.now().getTime() - 3_600_000);
      await p.faultOf(
        p.lookUp(oldest, { since }).then((answer) => {
          found = answer.found;
        }),
      );
      if (pages < 2) return 'the list has one page';
      expect(found).toBe('unclear');
    },
  },
];
