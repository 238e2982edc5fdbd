import { type Fact, fact } from '@/server/foundation/facts';

interface Question {
  problem: Fact;
  activity: { verb: string; summary: Fact };
  action: { title: Fact; prompt: Fact; choices: { value: string; label: Fact }[] };
}

/** The kind of the action that asks a person about a publication. */
export const UNKNOWN_ACTION = 'publication_unknown';

/** What a person is asked about a publication that may be out. `what` is its label within a sentence. */
export function question(what: Fact, account: string, following: number): Question {
  return {
    problem: fact('publications.problems.unknown'),
    activity: { verb: 'publication.unknown', summary: fact('publications.activity.unknown', { what }) },
    action: {
      title: fact('publications.actions.unknown.title', { what }),
      prompt:
        following > 0
          ? fact('publications.actions.unknown.promptWithParts', { account })
          : fact('publications.actions.unknown.prompt', { account }),
      choices: [
        { value: 'there', label: fact('publications.actions.unknown.there') },
        { value: 'not_there', label: fact('publications.actions.unknown.notThere') },
        { value: 'not_there_leave', label: fact('publications.actions.unknown.notThereLeave') },
        ...(following > 0
          ? [{ value: 'there_end', label: fact('publications.actions.unknown.thereEnd') }]
          : []),
      ],
    },
  };
}
