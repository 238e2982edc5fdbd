/** The follow-up that is published automatically, once, when a post does well. */
export interface FollowUpRule {
  measure: 'likes' | 'replies' | 'reposts';
  atLeast: number;
  /** Hours after publication within which the number must be reached. */
  withinHours: number;
  action: 'repost' | 'follow_up';
  /** Text of the follow-up; on a platform without reposts, the text above the shared post. */
  text: string;
  /** Delay before the follow-up: none, hours, or until the next day at the time of the post. */
  wait: { kind: 'none' } | { kind: 'hours'; hours: number } | { kind: 'next_day' };
  /** Whether it is published only within the workspace's active hours. */
  activeHours: boolean;
  /** Actor key of the member who requested it; absent for the workspace's own rule, which managers set. */
  by?: string;
}
