import type { Boost } from '@/db/schema';

const ONE: Record<Boost['measure'], string> = { likes: 'like', replies: 'reply', reposts: 'repost' };

/** "1 like", "57 likes". */
export const counted = (n: number, measure: Boost['measure']): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? ONE[measure] : measure}`;

/** "1 hour", "50 hours": a rule's own time, as its form says it. */
export const hours = (n: number): string => `${n} hour${n === 1 ? '' : 's'}`;

/** "40 minutes", "1 hour", "3 hours", "2 days": how long something took, without more precision than people use. */
export function elapsed(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  const of = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;
  if (minutes < 60) return of(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? of(hours, 'hour') : of(Math.floor(hours / 24), 'day');
}

/** What follows, as a sentence's end: "is reposted", "a follow-up is posted under it". */
export function followingWords(
  way: 'repost' | 'share' | 'reply',
  when: 'now' | 'later' | 'approval' | 'held',
  spoken: string,
): string {
  const noun = { repost: 'a repost', share: 'a new post that shares it', reply: 'a follow-up' }[way];
  if (when === 'approval') return `${noun} waits for approval`;
  if (when === 'held') return `${noun} waits until posting is started again`;
  if (when === 'later') return `${noun} is scheduled for ${spoken}`;
  return {
    repost: 'it is reposted',
    share: 'it is shared as a new post',
    reply: 'a follow-up is posted under it',
  }[way];
}
