import { expect } from 'vitest';
import { followOf, partsOf } from '@/server/connectors/kit/parts';
import { type Case, does } from '../define';
import { newWord } from '../samples';
import { lostAfter, lostBefore } from '../tricks';

export const following: readonly Case[] = [
  {
    name: 'what follows a post is attached to it in order, and found only there',
    applies: (m) => does(m, 'publish') && followOf(m.post) !== null,
    async run(p) {
      const parts = Math.min(3, partsOf(p.post).most);
      const { remoteId: first } = await p.publish(await p.newPost());
      const { remoteId: other } = await p.publish(await p.newPost());
      let replyTo = first;
      for (let i = 0; i < parts; i++) {
        const part = await p.newPost({ replyTo });
        const { remoteId } = await p.publish(part);
        expect(await p.onPlatform(part.word)).toHaveLength(1);
        if (p.does('lookup')) {
          expect(await p.lookUp(part)).toMatchObject({ found: 'yes', post: { remoteId } });
          expect((await p.lookUp({ ...part, idempotencyKey: newWord(), replyTo: other })).found).not.toBe(
            'yes',
          );
        }
        replyTo = remoteId;
      }
    },
  },
  {
    name: 'what follows a post is continued after a failure in the middle',
    applies: (m) => does(m, 'publish', 'lookup') && followOf(m.post) !== null,
    async run(p) {
      const { remoteId: first } = await p.publish(await p.newPost());
      await p.publish(await p.newPost({ replyTo: first }));
      const { operation } = p.effectOfLast();
      for (const [trick, done] of [
        [lostAfter, true],
        [lostBefore, false],
      ] as const) {
        const part = await p.newPost({ replyTo: first });
        p.stand.plan(operation, trick);
        expect(await p.faultOf(p.publish(part))).not.toBeNull();
        expect((await p.lookUp(part)).found).toBe(done ? 'yes' : 'absent');
        if (!done) await p.publish(part);
        expect(await p.onPlatform(part.word)).toHaveLength(1);
        const found = await p.lookUp(part);
        if (followOf(p.post) === 'firstComment' || found.found !== 'yes') continue;
        await p.publish(await p.newPost({ replyTo: found.post.remoteId }));
      }
    },
  },
  {
    name: 'a repost may be repeated',
    applies: (m) => does(m, 'publish') && m.post?.repost === true,
    async run(p) {
      const { remoteId } = await p.publish(await p.newPost());
      const repost = await p.newPost({ text: '', repostOf: remoteId });
      const first = await p.publish(repost);
      expect(await p.publish(repost)).toEqual(first);
    },
  },
];
