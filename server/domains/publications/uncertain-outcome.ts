import { type Fact, fact } from '@/server/foundation/facts';
import { actionColumns } from '../actions/kinds';

interface UncertainOutcome {
  problem: Fact;
  activity: { verb: string; summary: Fact };
  action: ReturnType<typeof actionColumns>;
}

/** Kind of the action that asks a user about a publication with an unknown outcome. */
export const UNKNOWN_ACTION = 'publication_unknown';

/** Returns the question to a user about a publication that may be out. `what` is its label within a sentence. */
export function uncertainOutcome(what: Fact, account: string, following: number): UncertainOutcome {
  return {
    problem: fact('publications.problems.unknown'),
    activity: { verb: 'publication.unknown', summary: fact('publications.activity.unknown', { what }) },
    action: actionColumns('publication_unknown', { what, account, following }),
  };
}
