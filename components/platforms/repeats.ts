import { postOf } from './catalogue';

/** Whether an account can repost its own post. Elsewhere the post's link is shared as a new post. */
export const canRepost = (id: string): boolean => postOf(id)?.repost === true;

/** Returns within how many days no text is repeated on the platform; 0 if it does not mind. */
export const sameTextDays = (id: string): number => postOf(id)?.sameTextDays ?? 0;
