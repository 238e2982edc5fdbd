import { capitalize } from '@/server/foundation/storable';

const STOP = new Set(
  'a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its just me more most my new no not of on one only or our out over she should so some than that the their them then there these they this those to too under up us very was we were what when where which who why will with would you your please write post about make create draft text tweet short'.split(
    ' ',
  ),
);
const INSTRUCTION =
  /^(?:(?:please|kindly|can you|could you)\s+)*(?:write|create|draft|make|generate|compose|give|prepare|announce|tell|promote|share)\b(?:\s+(?:me|us|people|everyone|them|a|an|the|some|one|our|short|long|funny|friendly|nice|good|quick|new|engaging|catchy|social|media|post|posts|tweet|text|caption|thread|announcement|message|something))*\s*(?:(?:about|on|for|saying|that says|that|to say|regarding)\b|:)?\s*/i;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

export interface Extract {
  /** Whole sentences that can be posted as they are. `ranked` holds them by relevance. */
  sentences: string[];
  ranked: string[];
  /** A few words that name the subject if the prompt is not a sentence; otherwise empty. */
  subject: string;
  keywords: string[];
}

/** Extracts the subject of a post from the user's prompt, without the instructions to the writer. */
export function extract(prompt: string): Extract {
  const plain = prompt.replace(/\s+/g, ' ').trim();
  const stripped = plain.replace(INSTRUCTION, '').trim();
  const body = stripped.replace(/[<>{}[\]`|\\]/g, '').trim();
  const keywords = keywordsOf(body);
  const parts = [...segmenter.segment(body)]
    .map((s) => s.segment.trim())
    .filter((s) => /[\p{L}\p{N}]/u.test(s));
  const wasInstruction = stripped !== plain;
  const [only] = parts;
  const isSubject =
    parts.length === 1 &&
    only !== undefined &&
    (wasInstruction || !/[.!?…]$/.test(only)) &&
    only.length <= 120;
  if (isSubject) return { sentences: [], ranked: [], subject: only.replace(/[.!?…]+$/, ''), keywords };
  const sentences = parts.map(asSentence);
  const weight = new Map(keywords.map((word, i) => [word, keywords.length - i]));
  const score = (sentence: string, index: number) => {
    const found = wordsOf(sentence);
    const sum = found.reduce((total, word) => total + (weight.get(word) ?? 0), 0);
    return sum / Math.sqrt(found.length || 1) + (index === 0 ? 2 : 0) + (/\d/.test(sentence) ? 1 : 0);
  };
  const ranked = sentences
    .map((sentence, index) => ({ sentence, index, score: score(sentence, index) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((s) => s.sentence);
  return { sentences, ranked, subject: '', keywords };
}

/** Capitalizes the first letter and ends the text with a punctuation mark. Exclamation marks become full stops. */
export function asSentence(text: string): string {
  const bare = text
    .trim()
    .replace(/!+$/u, '.')
    .replace(/[,;:]+$/u, '.');
  return sentenceStart(/[.?…"”)]$/u.test(bare) || /\S+:\/\/\S+$/.test(bare) ? bare : `${bare}.`);
}

/** Capitalizes the first letter, unless the first word has its own spelling (iPhone) or is a URL. */
export function sentenceStart(text: string): string {
  const first = text.split(/\s/, 1)[0] ?? '';
  if (first.includes('://') || first.startsWith('@') || /\p{Lu}/u.test(first.slice(1))) return text;
  return capitalize(text);
}

function wordsOf(text: string): string[] {
  return (
    text
      .replace(/\S+:\/\/\S+/g, ' ')
      .toLowerCase()
      .match(/[\p{L}][\p{L}\p{M}\p{N}’'-]{2,}/gu) ?? []
  );
}

function keywordsOf(text: string): string[] {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) if (!STOP.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0].length - a[0].length).map(([word]) => word);
}
