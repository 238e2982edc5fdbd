import { describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { scaleTimeLimits } from '../connections/with-time-limit';
import { claimDue } from '../due/claim-due';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

describe('a delayed process', () => {
  test('sends nothing when the delay falls between its lease and its request, and the next attempt publishes the post', async () => {
    let held = false;
    here.platform.beforeSend = async () => {
      if (held) return;
      held = true;
      here.world.clock.advance(100_000);
    };
    const publication = await here.schedule();
    await here.turn();
    expect(here.platform.posts).toHaveLength(0);
    expect((await here.state(publication.id)).state).toBe('scheduled');
    await here.turns(2, 60_000);
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('sends nothing after the time limit of a call', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    here.platform.beforeSend = () => gate;
    scaleTimeLimits(0.0005);
    const publication = await here.schedule();
    await here.turn().finally(() => scaleTimeLimits(1));
    expect((await here.state(publication.id)).state).toBe('scheduled');
    release();
    await new Promise(setImmediate);
    expect(here.platform.posts).toHaveLength(0);
  });
});

describe('when a process ends', () => {
  /** Each case gives the number of transactions after which the database stops responding, as it appears to a killed process. */
  test.each([
    ['before the attempt row', 0, 'ok' as const],
    ['after the attempt row, before the call', 1, { before: 'crash' as const }],
    ['after the effect, before the result', 1, 'ok' as const],
    ['after the effect, with the response lost', 1, { after: 'unknown_outcome' as const }],
    ['between the unknown outcome and its look-up', 2, { after: 'unknown_outcome' as const }],
    ['between the look-up and its result', 3, { after: 'unknown_outcome' as const }],
  ])('%s, the post is published exactly once', async (_name, after, script) => {
    const publication = await here.schedule();
    const [claim] = await claimDue({ db, clock: here.world.clock });
    if (!claim) throw new Error('no claim');
    here.platform.script.push(script);
    await expect(
      publishDue({
        ctx: { ...here.world.ctx, db: here.dyingDb(after), platforms: here.platform },
        input: claim,
      }),
    ).rejects.toThrow('the process ended');
    expect((await here.state(publication.id)).state).not.toBe('published');
    // The runner delivers the event again. The claim is used up or still valid, but never sent twice.
    await publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim }).catch(() => {});
    await here.turns(12);
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('many times in a row, no user is asked if the platform recognizes the key', async () => {
    here.platform.looksUp = false;
    here.platform.keyMs = 24 * 3_600_000;
    const publication = await here.schedule();
    for (let i = 0; i < 6; i++) {
      const [claim] = await claimDue({ db, clock: here.world.clock });
      if (!claim) throw new Error('no claim');
      await expect(
        publishDue({
          ctx: { ...here.world.ctx, db: here.dyingDb(2), platforms: here.platform },
          input: claim,
        }),
      ).rejects.toThrow('the process ended');
      here.world.clock.advance(200_000);
      const { lookUps } = await recoverStuck({ db, clock: here.world.clock });
      for (const input of lookUps)
        expect(await lookUpPublication({ ctx: { ...here.world.ctx, platforms: here.platform }, input })).toBe(
          'sent_again',
        );
      here.world.clock.advance(30_000);
    }
    await here.turns(2);
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('a success that arrives after its lease was lost still counts', async () => {
    const publication = await here.schedule();
    const [claim] = await claimDue({ db, clock: here.world.clock });
    if (!claim) throw new Error('no claim');
    here.platform.afterEffect = async () => {
      here.platform.afterEffect = undefined;
      here.world.clock.advance(200_000);
      await recoverStuck({ db, clock: here.world.clock });
    };
    await publishDue({ ctx: { ...here.world.ctx, platforms: here.platform }, input: claim });
    expect((await here.state(publication.id)).state).toBe('published');
    await here.turns(4);
    expect(here.platform.posts).toHaveLength(1);
  });
});
