import type { MediaKind } from './types';

/** How a picture, GIF or video is called in a sentence. */
export const MEDIA_NOUN: Readonly<Record<MediaKind, string>> = {
  picture: 'picture',
  gif: 'GIF',
  video: 'video',
};

/** How one of a post's files is called at the beginning of a sentence: "Picture 2" of several, "Picture" alone. `i` counts from 0. */
export function mediaName(kind: MediaKind, i: number, count: number): string {
  const noun = MEDIA_NOUN[kind];
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}${count > 1 ? ` ${i + 1}` : ''}`;
}

/** "Picture 2: A red fox", or "Picture 2, not described": what of a file can be put in words. */
export function mediaWords(
  { kind, alt }: { kind: MediaKind; alt: string },
  i: number,
  count: number,
): string {
  const name = mediaName(kind, i, count);
  return alt.trim() ? `${name}: ${alt.trim()}` : `${name}, not described`;
}
