export const MEDIA_KINDS = ['picture', 'gif', 'video'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A picture, GIF or video of a post, with what is known of its file. A file never changes, so this stays true. */
export interface Media {
  fileId: string;
  /** What it shows, in words, for those who do not see it. Empty when nobody wrote it. */
  alt: string;
  kind: MediaKind;
  mime: string;
  bytes: number;
  width: number;
  height: number;
  /** Of a video and of a GIF; null of a picture. */
  durationMs: number | null;
  /** Of a GIF, where they were counted. */
  frames?: number | null;
}
