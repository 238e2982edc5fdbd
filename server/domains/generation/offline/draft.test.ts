import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformManifest } from '@/server/connectors/manifests';
import { countText } from '@/server/connectors/text-rules';
import { TOPIC_SLUGS } from '../../topics/catalogue';
import { clampText, polish } from '../polish';
import { draftOffline } from './draft';

const PLATFORMS = ['x', 'facebook', 'linkedin'] as const;
const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '#sale',
    '#ثقافة',
    '＃全角',
    '🎉',
    '👩‍👩‍👧',
    '🇳🇵',
    '1️⃣',
    '❤️',
    'https://example.com/a#b',
    'C#',
    'word.',
    'Écoute!',
    '日本語の文章',
    '\n',
  ),
);
const request = fc.record({
  platform: fc.constantFrom(...PLATFORMS),
  topic: fc.option(
    fc.constantFrom(...TOPIC_SLUGS).map((slug) => ({ slug, tone: 'plain' })),
    { nil: null },
  ),
  prompt: fc.array(word, { maxLength: 120 }).map((words) => words.join(' ')),
  creativity: fc.integer({ min: 0, max: 100 }),
  hashtags: fc.boolean(),
  emoji: fc.boolean(),
  seed: fc.integer({ min: 0, max: 10_000 }),
});
const base = {
  topic: { slug: 'tech', tone: 'plain' } as const,
  prompt: '',
  creativity: 50,
  hashtags: true,
  emoji: false,
  seed: 1,
};

describe('the offline drafter', () => {
  it('never exceeds a platform’s limit, and respects the hashtag and emoji switches', () => {
    fc.assert(
      fc.property(request, (r) => {
        const { text } = draftOffline(r);
        const limit = platformManifest(r.platform).post?.characters ?? 0;
        expect(countText(r.platform, text)).toBeLessThanOrEqual(limit);
        expect(text.trim()).not.toBe('');
        const bare = text.replace(/\S*:\/\/\S*/g, '');
        if (!r.hashtags) expect(bare).not.toMatch(/[#＃][\p{L}\p{N}_]/u);
        if (!r.emoji)
          expect(bare).not.toMatch(
            /\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Extended_Pictographic}\uFE0F|\u20E3/u,
          );
      }),
      { numRuns: 400 },
    );
  });

  it('returns the same text for the same request, and a different one for another seed', () => {
    const a = draftOffline({ ...base, platform: 'x' }).text;
    expect(draftOffline({ ...base, platform: 'x' }).text).toBe(a);
    const others = new Set(
      [2, 3, 4, 5, 6].map((seed) => draftOffline({ ...base, platform: 'x', seed }).text),
    );
    expect(others.size).toBeGreaterThan(2);
  });

  it('differs by platform, creativity and topic', () => {
    const prompt = 'Our budget planner is now on Etsy. It costs 12 dollars and prints on A4.';
    const on = (platform: string, creativity = 50) =>
      draftOffline({ ...base, platform, prompt, creativity }).text;
    expect(on('x')).not.toBe(on('facebook'));
    expect(on('facebook').length).toBeGreaterThan(on('x').length);
    expect(new Set([on('x', 0), on('x', 50), on('x', 100)]).size).toBe(3);
    expect(draftOffline({ ...base, platform: 'x', topic: { slug: 'food', tone: '' } }).text).not.toBe(
      draftOffline({ ...base, platform: 'x' }).text,
    );
  });

  it('keeps the user’s own text and drops the instruction', () => {
    const { text } = draftOffline({
      ...base,
      platform: 'facebook',
      prompt: 'Please write a funny post about our new budget planner for students',
    });
    expect(text.toLowerCase()).toContain('new budget planner for students');
    expect(text).not.toMatch(/write a funny post/i);
    const own = draftOffline({
      ...base,
      platform: 'x',
      prompt: 'We open at nine. Coffee is free on Friday.',
    });
    expect(own.text).toContain('Coffee is free on Friday.');
  });

  it('keeps the vowel signs and accents of hashtags', () => {
    const rules = { platform: 'facebook', limit: 500, hashtags: false, emoji: true, maxHashtags: 3 };
    expect(polish('A book #हिन्दी #cafe\u0301', rules).text).toBe('A book');
    expect(polish('A book #हिन्दी #b #c', { ...rules, hashtags: true, maxHashtags: 1 }).text).toBe(
      'A book #हिन्दी',
    );
    const { text } = draftOffline({ ...base, platform: 'facebook', prompt: 'किताबें हिन्दी में, किताबें पढ़ो' });
    expect(text).toMatch(/#किताबें(?!\p{M})/u);
  });

  it('shortens a text between two characters', () => {
    const characters = fc.constantFrom('a', '👩‍👩‍👧‍👦', '🇳🇵', 'e\u0301', 'नि', '👍🏽', '漢', ' ', '.');
    const graphemes = (text: string) =>
      Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
    fc.assert(
      fc.property(
        fc.array(characters, { maxLength: 60 }),
        fc.integer({ min: 5, max: 60 }),
        (parts, limit) => {
          const whole = parts.join('');
          const { text, shortened } = clampText('x', whole, limit);
          expect(countText('x', text)).toBeLessThanOrEqual(limit);
          const kept = graphemes(shortened ? text.replace(/…$/, '') : text);
          expect(graphemes(whole).slice(0, kept.length)).toEqual(kept);
        },
      ),
    );
  });

  it('reports that it shortened a text that is far too long', () => {
    const long = draftOffline({ ...base, platform: 'x', prompt: `${'wordy '.repeat(200)}end.` });
    expect(long.shortened).toBe(true);
    expect(countText('x', long.text)).toBeLessThanOrEqual(280);
  });
});
