import { MEDIA_NOUN } from '@/server/connectors/kit/media-noun';

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
}

/** What still keeps a text's pictures from going out. */
export interface MediaStatus {
  uploading: number;
  /** The first thing that the platform would not take. */
  problem: string | null;
}
export const NO_MEDIA_STATUS: MediaStatus = { uploading: 0, problem: null };

/** What the file dialogue offers; the server looks at the content. */
export const MEDIA_ACCEPT = 'image/jpeg,image/png,image/webp,image/gif,video/mp4';

export const mediaAddress = (fileId: string): string => `/api/media/${fileId}`;
/** A small picture of a picture or GIF, which stands still. A video has none. */
export const stillAddress = (fileId: string): string => `${mediaAddress(fileId)}?size=small`;
export const mediaNoun = (media: readonly { kind: MediaDraft['kind'] }[]): string => {
  const [first] = media;
  if (!first) return 'pictures';
  if (media.length > 1) return media.every((m) => m.kind === 'picture') ? 'pictures' : 'files';
  return MEDIA_NOUN[first.kind];
};
