/** A picture, GIF, video or document of a text that the server has stored. */
export interface MediaDraft {
  fileId: string;
  alt: string;
  kind: 'picture' | 'gif' | 'video' | 'document';
  mime: string;
  bytes: number;
  width: number;
  height: number;
  durationMs: number | null;
  /** Of a document, if counted. */
  pages?: number | null | undefined;
  /** The file's original name; known only right after its upload. */
  name?: string;
}

/** The types that the file dialogue offers, besides those of documents; the server checks the content. */
export const MEDIA_ACCEPT = 'image/jpeg,image/png,image/webp,image/gif,video/mp4';

export const mediaAddress = (fileId: string): string => `/api/media/${fileId}`;
/** URL of a small still picture of a picture or GIF. A video or document has none. */
export const stillAddress = (fileId: string): string => `${mediaAddress(fileId)}?size=small`;

/** What several files are called: "pictures", or "files" if not all are pictures; a single one by its kind. */
export type MediaTogether = MediaDraft['kind'] | 'pictures' | 'files';
export const mediaTogether = (media: readonly { kind: MediaDraft['kind'] }[]): MediaTogether => {
  const [first] = media;
  if (first && media.length === 1) return first.kind;
  return media.every((m) => m.kind === 'picture') ? 'pictures' : 'files';
};
/** The kind that a file claims to be, before the server has checked it. */
export const kindOfFile = ({ type }: { type: string }): MediaDraft['kind'] =>
  type.startsWith('video/')
    ? 'video'
    : type === 'application/pdf'
      ? 'document'
      : type === 'image/gif'
        ? 'gif'
        : 'picture';
