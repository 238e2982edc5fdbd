import { expect } from 'vitest';
import type { FaultKind } from '@/server/connectors/kit/types';
import { type Case, does } from '../define';
import type { Stand } from '../stand';
import type { Subject } from '../subject';
import * as tricks from '../tricks';

interface Fault {
  readonly name: string;
  readonly trick: (stand: Stand) => tricks.Trick;
  /** Whether the platform did it. */
  readonly done: boolean;
  /** Nothing of the request left this machine. */
  readonly unsent?: true;
}
const FAULTS: readonly Fault[] = [
  { name: 'the platform is not reached', trick: () => tricks.notReached, done: false, unsent: true },
  { name: 'the connection is lost before the effect', trick: () => tricks.lostBefore, done: false },
  { name: 'the connection is lost after the effect', trick: () => tricks.lostAfter, done: true },
  { name: '503 before the effect', trick: () => tricks.unavailableBefore, done: false },
  { name: '502 after the effect', trick: () => tricks.brokenAfter, done: true },
  { name: 'other JSON', trick: () => tricks.otherJson, done: true },
  { name: 'cut JSON', trick: () => tricks.truncated, done: true },
  { name: 'a page instead of JSON', trick: () => tricks.page, done: true },
  { name: 'an answer without end', trick: () => tricks.huge, done: true },
  { name: 'no answer in time', trick: ({ clock }) => tricks.slow(clock), done: true },
];

async function publishUnder({ trick, done, unsent }: Fault, p: Subject): Promise<void> {
  const { operation, effect } = await p.effect();
  const post = await p.newPost();
  p.stand.plan(operation, trick(p.stand));
  const { word: _, ...input } = post;
  const fault = await p.faultOf(p.call('publish', input));
  // Some platforms tell the id of a post elsewhere than in what is damaged here.
  if (fault || !done) {
    const expected: FaultKind = unsent || effect !== 'effect' ? 'transient' : 'unknown_outcome';
    expect(fault?.kind).toBe(expected);
  }
  expect(await p.onPlatform(post.word)).toHaveLength(done ? 1 : 0);
  expect((await p.row()).status).toBe('active');
  if (!p.does('lookup')) return;
  const answer = await p.lookUp(post);
  expect(answer.found).toBe(done ? 'yes' : 'absent');
  if (done) return;
  await p.publish(post);
  expect(await p.onPlatform(post.word)).toHaveLength(1);
}

export const faults: readonly Case[] = [
  ...FAULTS.map(
    (fault): Case => ({
      name: `a post is neither lost nor doubled: ${fault.name}`,
      applies: (m) => does(m, 'publish'),
      run: (p) => publishUnder(fault, p),
    }),
  ),
  {
    name: 'too many requests: nothing is published, and the wait is as long as the platform says',
    applies: (m) => does(m, 'publish'),
    async run(p) {
      const { operation } = await p.effect();
      const post = await p.newPost();
      p.stand.plan(
        operation,
        tricks.refusing((kind) => p.stand.fault(p.id, kind), '429'),
      );
      const fault = await p.faultOf(p.publish(post));
      // A limit of a second or two is waited for.
      if (!fault) return void expect(await p.onPlatform(post.word)).toHaveLength(1);
      expect(fault.kind).toBe('rate_limited');
      const { retryAfter = 0 } = fault.options;
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(86_400);
      expect(await p.onPlatform(post.word)).toEqual([]);
      p.stand.clock.advance((retryAfter + 1) * 1000);
      await p.publish(post);
      expect(await p.onPlatform(post.word)).toHaveLength(1);
      expect((await p.row()).status).toBe('active');
    },
  },
  {
    name: 'a forbidden request is refused with a reason, and published nowhere',
    applies: (m) => does(m, 'publish'),
    async run(p) {
      const { operation } = await p.effect();
      const post = await p.newPost();
      p.stand.plan(
        operation,
        tricks.refusing((kind) => p.stand.fault(p.id, kind), 'forbidden'),
      );
      const fault = await p.faultOf(p.publish(post));
      expect(['rejected', 'reauth']).toContain(fault?.kind);
      expect(await p.onPlatform(post.word)).toEqual([]);
    },
  },
  ...FAULTS.filter(({ unsent, name }) => unsent || /503|cut|page|end|time|other/.test(name)).map(
    (fault): Case => ({
      name: `a look-up that fails calls no post absent: ${fault.name}`,
      applies: (m) => does(m, 'publish', 'lookup'),
      async run(p) {
        const post = await p.newPost();
        await p.publish(post);
        p.stand.plan(({ operation }) => operation !== undefined, fault.trick(p.stand), 100);
        let found = 'unclear';
        const broken = await p.faultOf(
          p.lookUp(post).then((answer) => {
            found = answer.found;
          }),
        );
        expect(found).toBe('unclear');
        if (broken) expect(['transient', 'rate_limited']).toContain(broken.kind);
        expect((await p.row()).status).toBe('active');
      },
    }),
  ),
];
