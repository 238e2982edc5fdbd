import type { MediaKind } from './types';

/** How a picture, GIF or video is called in a sentence. */
export const MEDIA_NOUN: Readonly<Record<MediaKind, string>> = {
  picture: 'picture',
  gif: 'GIF',
  video: 'video',
};
