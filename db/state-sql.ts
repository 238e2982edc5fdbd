import { type SQL, sql } from 'drizzle-orm';
import {
  ACTION_STATES,
  APPROVAL_LISTS,
  MEDIA_LISTS,
  PUBLICATION_LISTS,
  PUBLICATION_STATES,
  STEPS,
  type StepName,
} from './schema/states';

const literals = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(',');

/** A list for `in`, with its brackets. The states stand in it as literals, so that partial indexes are found. */
export const listed = (states: readonly string[]): SQL => sql.raw(`(${literals(states)})`);
/** The states from which a step may be taken, for `in (…)`. */
export const statesBefore = (step: StepName): SQL => sql.raw(literals(STEPS[step].from));
/** The state after a step, as a literal, so that partial indexes are found. */
export const stateAfter = (step: StepName): SQL => sql.raw(literals([STEPS[step].to]));

const own = <T>(of: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;
const one = (of: readonly string[], name: string) => (of.includes(name) ? [name] : undefined);

/** What `{kind:name}` in the text of db/*.sql stands for. Undefined: there is no such name. */
const NAMED: Record<string, (name: string) => readonly string[] | undefined> = {
  before: (name) => own<{ from: readonly string[] }>(STEPS, name)?.from,
  after: (name) => {
    const step = own<{ to: string }>(STEPS, name);
    return step && [step.to];
  },
  publications: (name) => own<readonly string[]>(PUBLICATION_LISTS, name),
  media: (name) => own<readonly string[]>(MEDIA_LISTS, name),
  approvals: (name) => own<readonly string[]>(APPROVAL_LISTS, name),
  publication: (name) => one(PUBLICATION_STATES, name),
  action: (name) => one(ACTION_STATES, name),
};

/**
 * The text of a file of SQL with its states filled in from the transition table: `{before:claim}` and `{after:claim}` for a step,
 * `{publications:lane}` for a named list, `{publication:failed}` and `{action:open}` for one state. Throws on a name that there is
 * not, so that a mistyped state stops the start and is never compared with.
 */
export const withStates = (text: string): string =>
  text.replaceAll(/\{(\w+):(\w+)\}/g, (whole, kind: string, name: string) => {
    const states = own(NAMED, kind)?.(name);
    if (!states) throw new Error(`SQL names no states with ${whole}`);
    return literals(states);
  });
