import { expect, test } from 'vitest';
import { installFaultHook } from '@/server/foundation/fault-points';
import { type Pictured, pictured } from '@/tests/support/pictured';
import { schedulePictured } from './testing';

let here: Pictured;
pictured((opened) => {
  here = opened;
});

const POINTS = [
  'media: before',
  'media: taken',
  'media: answer came',
  'media: before writing',
  'media: written',
  'media: before ready',
  'media: ready',
  'publish: before the call',
  'publish: answer came',
];
test.each(POINTS)(
  'a post whose process ends at “%s”, at any pass, is published once with all of its pictures',
  async (point) => {
    for (let pass = 1; pass <= 6; pass++) {
      let left = pass;
      let ended = false;
      installFaultHook((name) => {
        if (name === point && --left === 0) {
          ended = true;
          throw new Error(`ended at ${name}`);
        }
      });
      const text = `${point} ${pass}`;
      const [publication] = await schedulePictured(here.world.ctx, {
        connectionIds: [here.x],
        media: [
          { fileId: await here.picture(), alt: 'First' },
          { fileId: await here.picture(), alt: 'Second' },
        ],
        text,
      });
      await here.turns({ turns: 40, seconds: 15 });
      installFaultHook(undefined);
      expect((await here.state(publication?.id ?? '')).state, text).toBe('published');
      const posts = await here.sent('x', text);
      expect(posts, text).toHaveLength(1);
      expect(posts[0]?.media.map((m) => m.altText)).toEqual(['First', 'Second']);
      if (!ended) break;
    }
  },
  120_000,
);
