import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publications } from '@/db/schema';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import type { Script } from './testing';

let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
});

const MINUTE_S = 60;
const WEEK_S = 7 * 86_400;

/** Lives of keys, in seconds, with as many short ones as long ones. */
const lives = fc
  .double({ min: Math.log(MINUTE_S), max: Math.log(WEEK_S), noNaN: true })
  .map((power) => Math.round(Math.exp(power)));
const sends = fc.array(
  fc.constantFrom<Script>(
    { after: 'unknown_outcome' },
    { before: 'unknown_outcome' },
    { after: 'crash' },
    { before: 'transient' },
  ),
  { minLength: 1, maxLength: 3 },
);
/** How much time passes between two rounds, as a share of the key's life. */
const pauses = fc.array(fc.double({ min: 0, max: 1.2, noNaN: true }), { minLength: 1, maxLength: 6 });
const lookUps = fc.array(fc.constantFrom('ok', 'unclear', 'transient'), { maxLength: 3 });

/** Moves a waiting publication to the present, because one that is late by hours is a matter of its own. */
const dueNow = (id: string) =>
  here.db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ dueAt: here.world.clock.now() })
      .where(and(eq(publications.id, id), eq(publications.state, 'scheduled'))),
  );

test('however long a key lives, a post goes out once, and a platform that can be asked settles every outcome', async () => {
  await fc.assert(
    fc.asyncProperty(
      lives,
      sends,
      pauses,
      fc.boolean(),
      lookUps,
      async (seconds, script, waits, looksUp, answers) => {
        const { platform, world } = here;
        Object.assign(platform, { keyMs: seconds * 1000, looksUp, lookupScript: [...answers] });
        platform.posts.length = 0;
        platform.script.splice(0, platform.script.length, ...script);
        const publication = await here.schedule();
        for (const wait of waits) {
          await here.turn();
          world.clock.advance(Math.ceil(wait * seconds * 1000));
          await dueNow(publication.id);
        }
        for (let round = 0; round < 40; round++) {
          const { state } = await here.state(publication.id);
          if (state === 'published' || state === 'unknown' || state === 'failed') break;
          await here.turn();
          world.clock.advance(60_000);
        }
        const { state } = await here.state(publication.id);
        expect(platform.posts.length).toBeLessThanOrEqual(1);
        if (looksUp)
          expect({ state, posts: platform.posts.length }).toEqual({ state: 'published', posts: 1 });
        else expect(['published', 'unknown']).toContain(state);
      },
    ),
    { numRuns: 40 },
  );
});
