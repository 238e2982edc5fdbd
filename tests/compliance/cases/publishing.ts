import { expect } from 'vitest';
import { maxLengthOf, sentOptions } from '@/server/connectors/kit/options';
import type { PublishInput } from '@/server/connectors/kit/types';
import { platformTraits } from '@/server/connectors/platform-traits';
import { contentProblem } from '@/server/domains/preflight/check-targets';
import { inEnglish } from '@/server/foundation/facts';
import { type Case, does } from '../define';
import { fullText, newWord, SCRIPTS } from '../samples';
import type { Subject } from '../subject';

type Post = PublishInput & { word: string };

/** Publishes a post, which must be there once and must be found. */
export async function publishAndFind(p: Subject, post: Post): Promise<string> {
  const { remoteId, permalink } = await p.publish(post);
  expect(remoteId).not.toBe('');
  expect(URL.canParse(permalink)).toBe(true);
  expect(await p.onPlatform(post.word)).toHaveLength(1);
  if (p.does('lookup')) expect(await p.lookUp(post)).toMatchObject({ found: 'yes', post: { remoteId } });
  return remoteId;
}

/** Why the app does not schedule a text, or null. */
function problemWith(p: Subject, text: string): string | null {
  const traits = platformTraits(p.id);
  if (!traits) throw new Error(`${p.id} has no traits`);
  const problem = contentProblem({ text, link: null, parts: [], media: [] }, p.manifest.name, traits);
  return problem && inEnglish(problem);
}

export const publishing: readonly Case[] = [
  {
    name: 'a plain text is published once and found',
    applies: (m) => does(m, 'publish'),
    run: async (p) => void (await publishAndFind(p, await p.newPost())),
  },
  {
    name: 'a post with a link is published once and found, and not with another link',
    applies: (m) => does(m, 'publish'),
    async run(p) {
      const post = await p.newPost({ link: `https://example.com/${newWord()}` });
      await publishAndFind(p, post);
      if (p.does('lookup')) {
        const other = await p.lookUp({
          ...post,
          idempotencyKey: newWord(),
          link: `https://example.org/${newWord()}`,
        });
        expect(other.found).not.toBe('yes');
      }
      p.seen.add('link');
    },
  },
  {
    name: 'a post that was never sent is absent',
    applies: (m) => does(m, 'lookup'),
    async run(p) {
      expect(await p.lookUp(await p.newPost())).toEqual({ found: 'absent' });
      const post = await p.newPost();
      const { remoteId } = await p.publish(post);
      const unsent = { ...post, idempotencyKey: newWord() };
      expect(await p.lookUp(unsent, { exclude: [remoteId] })).toEqual({ found: 'absent' });
    },
  },
  ...Object.entries(SCRIPTS).map(
    ([script, sample]): Case => ({
      name: `a text of full length is published, and one over it refused before and by the platform: ${script}`,
      applies: (m) => does(m, 'publish'),
      async run(p) {
        const { word, ...post } = await p.newPost();
        const text = fullText(p.id, p.post, `${word} `, sample);
        expect(problemWith(p, text)).toBeNull();
        await publishAndFind(p, { ...post, word, text });
        p.seen.add('longest text');
        const over = newWord();
        const longer = `${over}${text.slice(word.length)}${'x'.repeat(Math.max(1, word.length - over.length + 1))}`;
        expect(problemWith(p, longer)).toMatch(/\d/);
        const fault = await p.faultOf(p.publish({ ...post, word: over, text: longer, idempotencyKey: over }));
        expect(fault?.kind).toBe('rejected');
        expect(await p.onPlatform(over)).toEqual([]);
        p.seen.add('text over the limit');
      },
    }),
  ),
  {
    name: 'each value of each option is accepted',
    applies: (m) => does(m, 'publish') && (m.options ?? []).length > 0,
    async run(p) {
      const usual = await p.options();
      for (const field of p.manifest.options ?? []) {
        const values =
          field.kind === 'choice'
            ? field.choices.map(({ value }) => value)
            : field.kind === 'switch'
              ? [true, false]
              : field.kind === 'text'
                ? [
                    p.contract.options?.[field.id]?.text ??
                      newWord().padEnd(Math.min(maxLengthOf(field), 40), 'x'),
                  ]
                : [await p.firstChoice(field.id)];
        for (const value of values) {
          const name = `${field.id} = ${String(value)}`;
          const needs = p.contract.options?.[name] ?? p.contract.options?.[field.id];
          const options = sentOptions({ ...usual, ...needs?.with, [field.id]: value });
          const publish = async () => p.publish(await p.newPost({ options }));
          const { remoteId } = await (needs?.as === undefined ? publish() : p.as(needs.as, publish));
          expect(remoteId, name).not.toBe('');
        }
      }
    },
  },
  {
    name: 'a repeated request with the same key has no second effect',
    applies: (m) => m.publishKey !== undefined,
    async run(p) {
      const post = await p.newPost();
      const first = await p.publish(post);
      expect(await p.publish(post)).toEqual(first);
      expect(await p.onPlatform(post.word)).toHaveLength(1);
      p.seen.add('publish key');
    },
  },
];
