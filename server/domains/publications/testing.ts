import type { Step } from '@/db/schema/states';
import { type PublicationState, STEPS, type StepName } from './transitions';

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
  const step: Step = STEPS[name];
  if (!step.from.includes(at.state)) return null;
  if (step.guard === 'version' && holder.version !== at.version) return null;
  if (step.guard === 'token' && (holder.version !== at.version || !at.token || holder.token !== at.token))
    return null;
  const version = step.bumps ? at.version + 1 : at.version;
  const claims = name === 'claim' || name === 'takeOver';
  const keeps = name === 'start' || name === 'doubt';
  return { state: step.to, version, token: claims ? token : keeps ? at.token : null };
}
