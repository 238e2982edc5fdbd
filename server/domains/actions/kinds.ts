import { inArray, type SQL } from 'drizzle-orm';
import { actions } from '@/db/schema';
import { type Fact, fact, type Param } from '@/server/foundation/facts';
import type { Permission } from '@/server/verbs/permissions';

type Row = typeof actions.$inferSelect;
/** What a person reads: what is to be done, and the answers to choose from. */
type Shown = Pick<Row, 'title' | 'prompt' | 'choices'>;

interface Kind<Params> {
  /** The publications that it is about: its subject, or those that it set aside. */
  about: 'subject' | 'set_aside';
  /** What whoever answers it or takes it off the list may do. */
  permission: Permission;
  /** Why it cannot be taken off the list undone; null when it can. */
  mustAnswer: Fact | null;
  /** The screen on which it can be looked at. */
  screen: string;
  /** The answer with which the address of a post is given, and the choice whose presence makes the address necessary. */
  address: { with: string; neededBeside: string } | null;
  shown: (params: Params) => Shown;
}
const kind = <Params>(one: Kind<Params>): Kind<Params> => one;

/**
 * Every kind of thing that only a person can do. What an answer does is told in `todo/answers.ts`, which sees the domains that do it;
 * these make the actions and see this list.
 */
export const ACTION_KINDS = {
  /** Whether a post is at the platform, whose answer was lost. The subject is the publication. */
  publication_unknown: kind<{ what: Fact | string; account: string; following: number }>({
    about: 'subject',
    permission: 'posts.publish',
    mustAnswer: fact('actions.errors.mustLook'),
    screen: '/calendar',
    address: { with: 'there', neededBeside: 'there_end' },
    shown: ({ what, account, following }) => ({
      title: fact('actions.unknown.title', { what }),
      prompt:
        following > 0
          ? fact('actions.unknown.promptWithParts', { account })
          : fact('actions.unknown.prompt', { account }),
      choices: [
        { value: 'there', label: fact('actions.unknown.there') },
        { value: 'not_there', label: fact('actions.unknown.notThere') },
        { value: 'not_there_leave', label: fact('actions.unknown.notThereLeave') },
        ...(following > 0 ? [{ value: 'there_end', label: fact('actions.unknown.thereEnd') }] : []),
      ],
    }),
  }),
  /** What happens to what was missed. The subject is one publication, or the action itself if it is about several. */
  publication_missed: kind<{
    /** The first of them. */
    what: Fact | string;
    due: Param;
    zone: string;
    count: number;
    posts: Param;
  }>({
    about: 'set_aside',
    permission: 'posts.publish',
    mustAnswer: fact('actions.errors.mustChoose'),
    screen: '/calendar',
    address: null,
    shown: ({ what, due, zone, count, posts }) => ({
      title: fact('actions.missed.title', { count, what }),
      prompt: fact('actions.missed.prompt', { count, due, zone, posts }),
      choices: [
        { value: 'post_now', label: fact('actions.missed.postNow') },
        { value: 'next_free', label: fact('actions.missed.nextFree') },
        { value: 'skip', label: fact('actions.missed.skip') },
      ],
    }),
  }),
  /** Whether to send the rest of what is out in part; made by db/parts.sql. The subject is the next part. */
  publication_rest: kind<{ title: string; account: string; count: number }>({
    about: 'subject',
    permission: 'posts.publish',
    mustAnswer: null,
    screen: '/calendar',
    address: null,
    shown: ({ title, account, count }) => ({
      title: fact('actions.rest.title', { title }),
      prompt: fact('actions.rest.prompt', { account, count }),
      choices: [
        { value: 'send', label: fact('actions.rest.send') },
        { value: 'leave', label: fact('actions.rest.leave') },
      ],
    }),
  }),
};

export type ActionKind = keyof typeof ACTION_KINDS;

/** What a row of this kind says; the rest of it is whose and what about. */
export const asking = <K extends ActionKind>(
  name: K,
  params: Parameters<(typeof ACTION_KINDS)[K]['shown']>[0],
): Shown & Pick<Row, 'kind'> => {
  // The kind and its parameters belong together; TypeScript cannot follow that through the table.
  const { shown } = ACTION_KINDS[name] as Kind<typeof params>;
  return { kind: name, ...shown(params) };
};

/** Whether a row is of a kind that this version has: one of a newer version is for that one. */
export const isKnownAction = (): SQL => inArray(actions.kind, Object.keys(ACTION_KINDS));

export const isActionKind = (name: string): name is ActionKind => Object.hasOwn(ACTION_KINDS, name);

/** The kind of a row. Only a newer version of this app makes rows of another one; they are read by nobody here. */
export function kindOf({ kind: name }: Pick<Row, 'kind'>): Kind<never> & { name: ActionKind } {
  if (!isActionKind(name)) throw new Error(`There is no kind of action "${name}"`);
  return { ...(ACTION_KINDS[name] as Kind<never>), name };
}
