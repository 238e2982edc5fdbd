export const MEDIA_KINDS = ['picture', 'gif', 'video'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A picture, GIF or video of a post, with the properties of its file. A file never changes, so they stay valid. */
export interface Media {
  fileId: string;
  /** Alternative text for users who cannot see it. Empty if none was written. */
  alt: string;
  kind: MediaKind;
  mime: string;
  bytes: number;
  width: number;
  height: number;
  /** For videos and GIFs; null for pictures. */
  durationMs: number | null;
  /** For GIFs, if counted. */
  frames?: number | null;
}
