import { inArray, type SQL } from 'drizzle-orm';
import { actions } from '@/db/schema';
import { type Fact, fact, type Param } from '@/server/foundation/facts';
import type { Permission } from '@/server/verbs/permissions';

type Row = typeof actions.$inferSelect;
/** What a user sees: the task and the answers to choose from. */
type Shown = Pick<Row, 'title' | 'prompt' | 'choices'>;

interface Kind<Params> {
  /** The publications that the action is about: its subject, or those that it set aside. */
  about: 'subject' | 'set_aside';
  /** Permission required to answer or dismiss the action. */
  permission: Permission;
  /** Why the action cannot be dismissed without an answer; null if it can. */
  mustAnswer: Fact | null;
  /** Screen that shows the subject of the action. */
  screen: string;
  /** The answer that is given together with the address of a post, and the choice whose presence makes that address required. */
  address: { with: string; neededBeside: string } | null;
  shown: (params: Params) => Shown;
}
const kind = <Params>(one: Kind<Params>): Kind<Params> => one;

/**
 * Every kind of task that only a user can do. `todo/answers.ts` defines what an answer does, because it sees the domains that carry it out;
 * those domains create the actions and see this list.
 */
export const ACTION_KINDS = {
  /** Asks whether a post exists at the platform after the response was lost. The subject is the publication. */
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
  /** Asks what to do with missed publications. The subject is one publication, or the action itself if it is about several. */
  publication_missed: kind<{
    /** The first of the missed publications. */
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
  /** Asks a person to post a publication on a manual platform. The subject is the publication. */
  publication_by_hand: kind<{ what: Fact | string; account: string; platform: string }>({
    about: 'subject',
    permission: 'posts.publish',
    mustAnswer: fact('actions.errors.mustTell'),
    screen: '/calendar',
    address: { with: 'posted', neededBeside: 'not_posted' },
    shown: ({ what, account, platform }) => ({
      title: fact('actions.byHand.title', { what }),
      prompt: fact('actions.byHand.prompt', { account, platform }),
      choices: [
        { value: 'posted', label: fact('actions.byHand.posted') },
        { value: 'not_posted', label: fact('actions.byHand.notPosted') },
      ],
    }),
  }),
  /** Asks whether to send the rest of a partly published post; created by db/parts.sql. The subject is the next part. */
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

/** Returns the columns of a row that its kind determines. The caller adds the owner and the subject. */
export const actionColumns = <K extends ActionKind>(
  name: K,
  params: Parameters<(typeof ACTION_KINDS)[K]['shown']>[0],
): Shown & Pick<Row, 'kind'> => {
  // The kind and its parameters belong together, but TypeScript cannot follow that through the table.
  const { shown } = ACTION_KINDS[name] as Kind<typeof params>;
  return { kind: name, ...shown(params) };
};

/** Matches rows whose kind this version knows; other kinds were created by a newer version. */
export const isKnownAction = (): SQL => inArray(actions.kind, Object.keys(ACTION_KINDS));

export const isActionKind = (name: string): name is ActionKind => Object.hasOwn(ACTION_KINDS, name);

/** Returns the kind of a row. Only a newer version of this app creates rows of an unknown kind, and this version never reads those. */
export function kindOf({ kind: name }: Pick<Row, 'kind'>): Kind<never> & { name: ActionKind } {
  if (!isActionKind(name)) throw new Error(`There is no kind of action "${name}"`);
  return { ...(ACTION_KINDS[name] as Kind<never>), name };
}
