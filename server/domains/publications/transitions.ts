import { type PublicationState, type Step, type StepName, TRANSITIONS } from '@/db/schema/states';

export type { PublicationState, StepName };
export { TRANSITIONS as STEPS };

/** The fields of a row on which the steps depend. */
export interface Position {
  readonly state: PublicationState;
  readonly version: number;
  readonly token: string | null;
}

/**
 * Returns the position after a step, or null if the row does not allow it. `holder` is what the caller knows: the version that a user saw,
 * or the version and token that a worker received. `token` is that of the new claim, for steps that take one.
 */
export function applyStep(
  at: Position,
  name: StepName,
  holder: { version?: number; token?: string | null },
  token: string | null = null,
): Position | null {
  const step: Step = TRANSITIONS[name];
  if (!step.from.includes(at.state)) return null;
  if (step.guard === 'version' && holder.version !== at.version) return null;
  if (step.guard === 'token' && (holder.version !== at.version || !at.token || holder.token !== at.token))
    return null;
  const version = step.bumps ? at.version + 1 : at.version;
  const claims = name === 'claim' || name === 'takeOver';
  const keeps = name === 'start' || name === 'doubt';
  return { state: step.to, version, token: claims ? token : keeps ? at.token : null };
}

/** Whether a user can take this step from a state, for screens and messages. */
export const allowedFrom = (name: StepName, state: PublicationState): boolean =>
  (TRANSITIONS[name].from as readonly PublicationState[]).includes(state);
