import { type PublicationState, type StepName, TRANSITIONS } from '@/db/schema/states';

export type { PublicationState, StepName };
export { TRANSITIONS as STEPS };

/** Whether a user can take this step from a state, for screens and messages. */
export const allowedFrom = (name: StepName, state: PublicationState): boolean =>
  (TRANSITIONS[name].from as readonly PublicationState[]).includes(state);
