export type MediaKind = 'picture' | 'gif' | 'video' | 'document';

/**
 * How a platform takes the media of a post. `ahead`: by `upload` before the post, which names their ids; `with_post`: as files that are sent
 * while the post is; `by_address`: from public addresses in the post, which the platform fetches itself.
 */
export type MediaWay = 'ahead' | 'with_post' | 'by_address';

/** Media uploaded for a post, with the id that the platform assigned. */
export interface RemoteMedia {
  readonly remoteId: string;
  readonly kind: MediaKind;
  /** Description of the content, or the title of a document. Only if the platform takes it with the post (`alt.withPost`) and there is one. */
  readonly alt?: string;
}

/** A file as it is sent to a platform. */
interface SentFile {
  readonly kind: MediaKind;
  /** File name with the extension of its type. */
  readonly name: string;
  readonly mime: string;
  readonly bytes: number;
  /** In pixels; zero for a document. */
  readonly width: number;
  readonly height: number;
  /** Description of the content, or the title of a document; empty if there is none. */
  readonly alt: string;
}
/** Media that is sent with the post. It can be a part of a multipart request as it is. */
export interface FileMedia extends SentFile {
  /** Opens the content, from its beginning at each call. It is read piece by piece, as fast as the reader asks. */
  open(): ReadableStream<Uint8Array>;
}
/** Media that the platform fetches. */
export interface AddressedMedia extends SentFile {
  /** Public address of the content. It ends some hours after it was made. */
  readonly url: string;
}

export interface MediaByWay {
  ahead: RemoteMedia;
  with_post: FileMedia;
  by_address: AddressedMedia;
}
export type PostMedia = MediaByWay[MediaWay];
