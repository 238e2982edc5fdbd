/** A picture, GIF or video that the server has, as it stands with a text. */
export interface MediaDraft {
  fileId: string;
  alt: string;
  kind: 'picture' | 'gif' | 'video';
  mime: string;
  bytes: number;
  width: number;
  height: number;
  durationMs: number | null;
  /** What the file was called; known while it is fresh from its upload. */
  name?: string;
}

/** What the file dialogue offers; the server looks at the content. */
export const MEDIA_ACCEPT = 'image/jpeg,image/png,image/webp,image/gif,video/mp4';

export const mediaAddress = (fileId: string): string => `/api/media/${fileId}`;
/** A small picture of a picture or GIF, which stands still. A video has none. */
export const stillAddress = (fileId: string): string => `${mediaAddress(fileId)}?size=small`;

/** What several are together: "pictures", or "files" where not all are pictures; one alone is what it is. */
export type MediaTogether = MediaDraft['kind'] | 'pictures' | 'files';
export const mediaTogether = (media: readonly { kind: MediaDraft['kind'] }[]): MediaTogether => {
  const [first] = media;
  if (first && media.length === 1) return first.kind;
  return media.every((m) => m.kind === 'picture') ? 'pictures' : 'files';
};
/** What a file says that it is, before the server has looked at it. */
export const kindOfFile = ({ type }: { type: string }): MediaDraft['kind'] =>
  type.startsWith('video/') ? 'video' : type === 'image/gif' ? 'gif' : 'picture';
