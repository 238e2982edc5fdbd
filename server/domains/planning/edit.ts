import type { publications } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import type { Content } from '../publications/content';
import type { PublicationState } from '../publications/transitions';
import type { Due } from '../scheduling/resolve-due';

type Row = typeof publications.$inferSelect;

/** What happens to one publication: its new content and state, and, when it is moved, its new time. */
export interface Change {
  row: Row;
  account: string;
  platform: string;
  next: Content;
  to: PublicationState;
  due?: Due;
  /** The variant that it belongs to from then on, when it takes the post's newest text. */
  renewed?: string;
}

/** The effect of an edit or a move on the publications of a post. */
export interface Edit {
  changes: Change[];
  /** How many were published before and keep what was sent. */
  sent: number;
  /** Whether the editor may not decide, so that somebody else decides before any of it is published. */
  mustAsk: boolean;
  /** Whether approval is requested: because of `mustAsk`, or because content that was waiting for approval was edited. */
  asks: boolean;
  /** Approvals that were requested for the older text. */
  replaced: string[];
  /** Other publications waiting for these approvals; they are decided together with the changes. */
  along: { row: Row; account: string; platform: string }[];
  /** Running series whose next posts need approval again, too. */
  series: string[];
  /** When and what these series send to each account from now on. */
  repeats: Repeat[];
}

/** The content that a series sends to one account. */
export interface Repeat {
  connectionId: string;
  platform: string;
  /** When, in words. */
  rule: Fact;
  content: Content;
}
