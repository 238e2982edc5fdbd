export const MEDIA_KINDS = ['picture', 'gif', 'video', 'document'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A picture, GIF, video or document of a post, with the properties of its file. A file never changes, so they stay valid. */
export interface Media {
  fileId: string;
  /** Alternative text for users who cannot see it, or the title of a document. Empty if none was written. */
  alt: string;
  kind: MediaKind;
  mime: string;
  bytes: number;
  /** In pixels; zero for a document. */
  width: number;
  height: number;
  /** For videos and GIFs; null for pictures. */
  durationMs: number | null;
  /** For GIFs, if counted. */
  frames?: number | null;
  /** For documents, if counted. */
  pages?: number | null;
}
