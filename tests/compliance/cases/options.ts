import { expect } from 'vitest';
import type { OptionCondition, OptionRule } from '@/server/connectors/kit/option-rules';
import { type OptionPost, readOptions, sentOptions } from '@/server/connectors/kit/options';
import type { MediaKind, MediaLimits, PublishInput } from '@/server/connectors/kit/types';
import { platformTraits } from '@/server/connectors/platform-traits';
import { refreshLimits } from '@/server/domains/connections/refresh-limits';
import { contentProblem } from '@/server/domains/preflight/check-targets';
import { inEnglish } from '@/server/foundation/facts';
import type { OptionValue } from '@/server/foundation/option-values';
import { type Case, does, type Manifest } from '../define';
import { fullText, newWord, sampleOf } from '../samples';
import type { Subject } from '../subject';
import { given } from './media';

/** A post that breaks one rule and nothing else. */
interface Broken {
  readonly name: string;
  readonly rule: OptionRule;
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly media: readonly MediaKind[];
}

/** Returns a post that has what a condition says, without more than it needs. */
function having(
  manifest: Manifest,
  condition: OptionCondition | undefined,
): Pick<Broken, 'values' | 'media'> {
  if (!condition) return { values: {}, media: [] };
  if ('media' in condition) return { values: {}, media: condition.media.slice(0, 1) };
  const { options, atLeast = 1, is } = condition;
  const values = options.slice(0, atLeast).map((id): [string, OptionValue] => {
    const field = manifest.options?.find((one) => one.id === id);
    if (is !== undefined) return [id, is];
    return [
      id,
      field?.kind === 'switch'
        ? true
        : field?.kind === 'choice'
          ? (field.choices[0]?.value ?? '')
          : newWord(),
    ];
  });
  return { values: Object.fromEntries(values), media: [] };
}

/** Returns posts that break the rules of a platform on purpose, one for each way to break each. */
export function brokenOnPurpose(manifest: Manifest): Broken[] {
  return (manifest.optionRules ?? []).flatMap((rule, place) => {
    const { when, requires = [], excludes = [], distinct = [] } = rule;
    const base = having(manifest, when);
    const name = `rule ${place + 1} of ${rule.field}`;
    const excluded = excludes.map((one) => {
      const more = having(manifest, one);
      return {
        name,
        rule,
        values: { ...base.values, ...more.values },
        media: [...base.media, ...more.media],
      };
    });
    const twice = newWord();
    const same = distinct.slice(0, 2).map((id): [string, OptionValue] => [id, twice]);
    return [
      ...(requires.length > 0 ? [{ name, rule, ...base }] : []),
      ...excluded,
      ...(same.length > 0
        ? [{ name, rule, ...base, values: { ...base.values, ...Object.fromEntries(same) } }]
        : []),
    ];
  });
}

function postWith(p: Subject, media: readonly MediaKind[]): OptionPost {
  const traits = platformTraits(p.id);
  if (!traits) throw new Error(`${p.id} has no traits`);
  return { media: media.map((kind) => ({ kind })), room: null, count: (text) => traits.count(text, null) };
}

export const options: readonly Case[] = [
  {
    name: 'each rule about several options or media is true, and a post that breaks it is refused before it is sent',
    applies: (m) => does(m, 'publish') && (m.optionRules ?? []).length > 0,
    async run(p) {
      const traits = platformTraits(p.id);
      if (!traits) throw new Error(`${p.id} has no traits`);
      const usual = await p.options();
      for (const { name, rule, values, media } of brokenOnPurpose(p.manifest)) {
        const read = readOptions(traits, { ...usual, ...values }, postWith(p, media));
        const said = read.problems
          .filter(({ field }) => field === rule.field)
          .map((one) => inEnglish(one.message));
        expect(said, name).toContain(inEnglish(rule.message));
        const files: object[] = [];
        for (const kind of media)
          files.push(
            await given(p, p.post.media as MediaLimits, sampleOf(kind, p.post.media as MediaLimits)),
          );
        const post = await p.newPost({
          options: sentOptions({ ...usual, ...values }),
          ...(files.length > 0 ? { media: files as unknown as NonNullable<PublishInput['media']> } : {}),
        });
        expect((await p.faultOf(p.publish(post)))?.kind, name).toBe('rejected');
        expect(p.requests, name).toEqual([]);
        // The platform refuses it, too.
        expect((await p.faultOf(p.withoutRules(() => p.publish(post))))?.kind, name).toBe('rejected');
        expect(p.requests, name).not.toEqual([]);
        expect(await p.onPlatform(post.word), name).toEqual([]);
        p.seen.add(name);
      }
    },
  },
  {
    name: 'an option that counts towards the text is refused when it leaves too little room, and by the platform',
    applies: (m) => does(m, 'publish') && (m.options ?? []).some((f) => f.kind === 'text' && f.counts),
    async run(p) {
      const traits = platformTraits(p.id);
      if (!traits) throw new Error(`${p.id} has no traits`);
      const usual = await p.options();
      for (const field of p.manifest.options ?? []) {
        if (field.kind !== 'text' || !field.counts) continue;
        const value = newWord().padEnd(20, 'x');
        const given = { ...usual, [field.id]: value };
        const start = `${newWord()} `;
        const { characters } = p.post;
        const exact = fullText(
          p.id,
          { ...p.post, characters: characters - traits.count(value, null) },
          start,
          'x',
        );
        const over = `${exact}x`;
        for (const [text, fits] of [
          [exact, true],
          [over, false],
        ] as const) {
          const room = { most: characters, left: characters - traits.count(text, null) };
          const { problems } = readOptions(traits, given, { ...postWith(p, []), room });
          expect(problems.length === 0, field.id).toBe(fits);
          const { word: _, ...post } = await p.newPost({ text, options: sentOptions(given) });
          const fault = await p.faultOf(p.publish({ ...post, word: '' }));
          expect(fault?.kind ?? null, field.id).toBe(fits ? null : 'rejected');
        }
      }
    },
  },
  {
    name: 'limits of the account or its server are read and kept to, and nonsense is not believed',
    applies: (m) => does(m, 'publish'),
    async run(p) {
      if (!p.connector.hooks.limits) return 'the platform has no limits that differ between accounts';
      const cases = p.contract.ownLimits;
      if (!cases) throw new Error(`${p.id} reads limits, and its contract does not say how they come about`);
      for (const { name, control, as, expected } of cases) {
        const check = async () => {
          if (control) await p.io.control(...control);
          expect(await refreshLimits(p.world.ctx, p.connectionId), name).toBe(true);
          const { limits } = await p.row();
          expect(limits, name).toEqual(expected);
          const traits = platformTraits(p.id, limits);
          if (!traits?.characters || limits?.characters === undefined) return;
          const word = newWord();
          const text = fullText(p.id, { ...p.post, characters: traits.characters }, `${word} `, 'x');
          const problem = (written: string) =>
            contentProblem({ text: written, link: null, parts: [], media: [] }, p.manifest.name, traits);
          expect(problem(text), name).toBeNull();
          expect(problem(`${text}x`) && inEnglish(problem(`${text}x`) ?? { verbatim: '' }), name).toMatch(
            /\d/,
          );
          await p.publish({ ...(await p.newPost()), word, text });
          const fault = await p.faultOf(p.publish({ ...(await p.newPost()), text: `${text}x` }));
          expect(fault?.kind, name).toBe('rejected');
        };
        await (as === undefined ? check() : p.as(as, check));
      }
      p.seen.add('own limits');
    },
  },
];
