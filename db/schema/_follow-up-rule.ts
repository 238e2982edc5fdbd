/** What follows by itself when a post does well, once. */
export interface FollowUpRule {
  measure: 'likes' | 'replies' | 'reposts';
  atLeast: number;
  /** Hours after it went out, within which the number must be reached. */
  withinHours: number;
  action: 'repost' | 'follow_up';
  /** The follow-up's words; where a platform has no repost, the words above the shared post. */
  text: string;
  /** How long to wait before it: nothing, hours, or until the next day at the time of the post. */
  wait: { kind: 'none' } | { kind: 'hours'; hours: number } | { kind: 'next_day' };
  /** Only within the workspace's active hours. */
  activeHours: boolean;
  /** Who asked for it, as an actor's key; without it, it is the workspace's own rule, which managers make. */
  by?: string;
}
