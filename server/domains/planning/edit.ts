import type { publications } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import type { Content } from '../publications/content';
import type { PublicationState } from '../publications/transitions';
import type { Due } from '../scheduling/resolve-due';

type Row = typeof publications.$inferSelect;

/** A change to one publication: its new content and state, and its new time if it is moved. */
export interface Change {
  row: Row;
  account: string;
  platform: string;
  next: Content;
  to: PublicationState;
  due?: Due;
  /** The variant that it belongs to from now on, if it takes the post's newest text. */
  renewed?: string;
}

/** The effect of an edit or a move on the publications of a post. */
export interface Edit {
  changes: Change[];
  /** Number of publications that were already published and keep their content. */
  sent: number;
  /** Whether the editor may not decide, so that another member has to decide before anything is published. */
  mustAsk: boolean;
  /** Whether approval is requested: because of `mustAsk`, or because content that was waiting for approval was edited. */
  asks: boolean;
  /** Approvals that were requested for the previous text. */
  replaced: string[];
  /** Other publications waiting for these approvals; they are decided together with the changes. */
  along: { row: Row; account: string; platform: string }[];
  /** Running series whose next posts need approval again, too. */
  series: string[];
  /** The schedule and content of these series for each account from now on. */
  repeats: Repeat[];
  /** The new options of the post's running series, by account. */
  seriesOptions: readonly SeriesOptions[];
}

/** New options that a series has for one account. */
export interface SeriesOptions {
  seriesId: string;
  connectionId: string;
  options: OptionValues;
}

/** The content that a series sends to one account. */
export interface Repeat {
  connectionId: string;
  platform: string;
  /** The schedule, as a localized text. */
  rule: Fact;
  content: Content;
}
