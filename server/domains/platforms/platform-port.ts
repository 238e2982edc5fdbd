import type {
  LookupInput,
  LookupOutput,
  MediaLimits,
  Published,
  PublishInput,
} from '@/server/connectors/kit/types';
import type { Ctx } from '../context';
import type { ConnectionRow } from './connection-row';

/** What the publisher needs to know of a platform, apart from calling it. */
export interface PlatformTraits {
  readonly name: string;
  readonly publishes: boolean;
  /** Whether it can be asked if a post is there. */
  readonly looksUp: boolean;
  /** For how long a repeated send with the same key does nothing new, in milliseconds; null when there is no such key. */
  readonly keyMs: number | null;
  /** The longest text, counted as `count` counts; null when there is no limit. */
  readonly characters: number | null;
  count(text: string, link: string | null): number;
  /** What can follow a post; null when nothing can. */
  readonly follow: 'thread' | 'firstComment' | null;
  /** Whether an account can repost its own post; repeating that has no second effect. */
  readonly reposts: boolean;
  /** How many parts may follow a post, and how long each may be, counted as `count` counts; null is no limit of length. */
  readonly parts: { readonly most: number; readonly characters: number | null };
  /** What pictures, GIFs and videos it takes; null where posts are words only. */
  readonly media: MediaLimits | null;
  /** What an account has to have allowed so that they can be uploaded. Accounts connected before may not have been asked. */
  readonly uploadScopes: readonly string[];
}

/** The platforms as the publisher sees them. The connectors stand behind it; tests put their own in its place. */
export interface PlatformPort {
  /** Null for a platform that nobody knows. */
  traits(platform: string): PlatformTraits | null;
  /** `onRequestSent` is called when the request that has the effect leaves; when it throws, it must not. Throws ConnectorFault. */
  publish(call: {
    ctx: Ctx;
    connectionId: string;
    /** The connection as the statement that started the publication read it. */
    row?: ConnectionRow;
    input: PublishInput;
    onRequestSent: () => void;
  }): Promise<Published>;
  lookup(call: { ctx: Ctx; connectionId: string; input: LookupInput }): Promise<LookupOutput>;
}
