import type { TopicSlug } from '../../topics/catalogue';
import { polish } from '../polish';
import { type Target, targetFor } from '../target';
import { asSentence, type Extract, extract, sentenceStart } from './extract';
import { GENERAL, MATERIAL, type Material } from './material';
import { pick, randomFrom, shuffled } from './random';

export interface DraftRequest {
  platform: string;
  topic: { slug: TopicSlug; tone: string } | null;
  prompt: string;
  creativity: number;
  hashtags: boolean;
  emoji: boolean;
  seed: number;
}
export interface Draft {
  text: string;
  shortened: boolean;
}

/**
 * Writes a post without a language model: the user's own sentences, most relevant first, completed with sentences of the topic. The same
 * request returns the same text; another seed returns a different one. Never exceeds the platform's limit.
 */
export function draftOffline(request: DraftRequest): Draft {
  const target = targetFor(request.platform);
  const material = request.topic ? MATERIAL[request.topic.slug] : GENERAL;
  const found = extract(request.prompt);
  const random = randomFrom(
    [
      request.seed,
      request.platform,
      request.topic?.slug ?? '',
      request.topic?.tone ?? '',
      request.creativity,
      request.prompt,
    ].join('|'),
  );
  const tags = request.hashtags ? hashtagsFor(found, material, target, random) : [];
  const tail = tags.length > 0 ? `\n\n${tags.map((tag) => `#${tag}`).join(' ')}` : '';
  const lead = request.emoji ? `${pick(material.emoji, random)} ` : '';
  const body = compose(found, material, target, request, random, lead.length + tail.length);
  const rules = { ...target, hashtags: request.hashtags, emoji: request.emoji };
  // If the text is too long, the body is shortened and the hashtags stay.
  const room = { ...rules, limit: Math.max(0, target.limit - (tail.length + 1)) };
  const fitted = polish(lead + body, room);
  const whole = polish(fitted.text + tail, rules);
  return { text: whole.text, shortened: fitted.shortened || whole.shortened };
}

type Random = () => number;

function compose(
  found: Extract,
  material: Material,
  target: Target,
  request: DraftRequest,
  random: Random,
  reserved: number,
): string {
  const long = target.aim.to > 300;
  const goal = Math.min(target.limit, target.aim.to) - reserved;
  const bold = request.creativity >= 67;
  const plain = request.creativity < 34;
  const core = coreSentences(found, material, random, goal, plain, bold);
  const opening = bold ? pick(material.hooks, random) : pick(material.openings, random);
  const points = shuffled(material.points, random).filter((point) => !core.includes(point));
  const paragraphs: string[] = [];
  const size = () => paragraphs.join('\n\n').length;
  const fits = (more: string) => size() + more.length + 2 <= goal;

  paragraphs.push(core.join(' '));
  if (!plain && fits(opening)) {
    if (long || bold) paragraphs.unshift(opening);
    else paragraphs[0] = `${opening} ${paragraphs[0]}`;
  }
  const extra = points.slice(0, long ? 2 : 1).join(' ');
  // Topic sentences next to the user's own sentences would change the subject.
  const wanted = found.sentences.length === 0 && (long || size() < target.aim.from);
  const filler = fits(extra) ? extra : (points.find(fits) ?? '');
  if (wanted && filler !== '') paragraphs.push(filler);
  const end = plain
    ? pick(material.closings, random)
    : pick(random() < 0.7 ? material.questions : material.closings, random);
  if (fits(end)) {
    // A URL must stay at the end of its line.
    if (long || /\S+:\/\/\S+$/.test(paragraphs.at(-1) ?? '')) paragraphs.push(end);
    else paragraphs[paragraphs.length - 1] += ` ${end}`;
  }
  return paragraphs.join('\n\n');
}

const SUBJECT_PLAIN = [
  (s: string) => `${sentenceStart(s)}.`,
  (s: string) => `Today: ${s}.`,
  (s: string) => `A note on this: ${s}.`,
];
const SUBJECT_LIVELY = [
  (s: string) => `Let us talk about this: ${s}.`,
  (s: string) => `On our mind today: ${s}.`,
  (s: string) => `${sentenceStart(s)}: worth a closer look.`,
];
const SUBJECT_BOLD = [
  (s: string) => `${sentenceStart(s)}. That is the post.`,
  (s: string) => `Three words for it? No. Just this: ${s}.`,
  (s: string) => `${sentenceStart(s)}. Yes, really.`,
];

function coreSentences(
  found: Extract,
  material: Material,
  random: Random,
  goal: number,
  plain: boolean,
  bold: boolean,
): string[] {
  if (found.subject !== '') {
    const templates = plain ? SUBJECT_PLAIN : bold ? SUBJECT_BOLD : SUBJECT_LIVELY;
    return [asSentence(pick(templates, random)(found.subject))];
  }
  if (found.sentences.length === 0) return [pick(material.points, random)];
  const chosen = new Set<string>();
  let size = 0;
  for (const sentence of found.ranked) {
    if (chosen.size > 0 && size + sentence.length + 1 > goal) continue;
    chosen.add(sentence);
    size += sentence.length + 1;
  }
  // Sentences keep the user's order, except that the boldest version starts with the strongest one.
  const ordered = found.sentences.filter((sentence) => chosen.has(sentence));
  const [strongest] = found.ranked;
  if (!bold || strongest === undefined) return ordered;
  return [strongest, ...ordered.filter((sentence) => sentence !== strongest)];
}

function hashtagsFor(found: Extract, material: Material, target: Target, random: Random): string[] {
  const own = found.keywords
    .map((word) => word.replace(/[^\p{L}\p{M}\p{N}]/gu, ''))
    .filter((word) => word.length >= 4 && word.length <= 24)
    .slice(0, Math.max(1, target.maxHashtags - 1));
  return [...new Set([...own, ...shuffled(material.hashtags, random)])].slice(0, target.maxHashtags);
}
