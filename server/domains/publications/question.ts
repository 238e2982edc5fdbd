import { type Fact, plain } from '@/server/foundation/facts';

interface Question {
  problem: Fact;
  activity: { verb: string; summary: Fact };
  action: { title: Fact; prompt: Fact; choices: { value: string; label: Fact }[] };
}

/** The kind of the action that asks a person about a publication. */
export const UNKNOWN_ACTION = 'publication_unknown';

/** What a person is asked about a publication that may be out. */
export function question(label: string, account: string, following: number): Question {
  return {
    problem: plain('We cannot tell whether this post went out. Please look and tell us.'),
    activity: {
      verb: 'publication.unknown',
      summary: plain(`Nobody can tell whether ${label} went out; a person is asked`),
    },
    action: {
      title: plain(`Is ${label} there?`),
      prompt: plain(
        `We sent it to ${account}, but the answer was lost and the platform cannot tell us what became of it. Open the account and look. We send it again only if you say that it is not there.${following > 0 ? ' If it is there, paste its address: what follows is attached to it.' : ''}`,
      ),
      choices: [
        { value: 'there', label: plain('It is there') },
        { value: 'not_there', label: plain('It is not there, send it') },
        { value: 'not_there_leave', label: plain('It is not there, leave it') },
        ...(following > 0 ? [{ value: 'there_end', label: plain('It is there, leave out the rest') }] : []),
      ],
    },
  };
}
