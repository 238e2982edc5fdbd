import { type SQL, sql } from 'drizzle-orm';
import {
  ACTION_STATES,
  APPROVAL_LISTS,
  MEDIA_LISTS,
  PUBLICATION_LISTS,
  PUBLICATION_STATES,
  type StepName,
  TRANSITIONS,
} from './schema/states';

const literals = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(',');

/** A list for `in`, with parentheses. The states are literals, so that the planner can use partial indexes. */
export const listed = (states: readonly string[]): SQL => sql.raw(`(${literals(states)})`);
/** The states from which a transition is allowed, for `in (…)`. */
export const statesBefore = (step: StepName): SQL => sql.raw(literals(TRANSITIONS[step].from));
/** The state after a transition, as a literal, so that the planner can use partial indexes. */
export const stateAfter = (step: StepName): SQL => sql.raw(literals([TRANSITIONS[step].to]));

const own = <T>(of: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;
const one = (of: readonly string[], name: string) => (of.includes(name) ? [name] : undefined);

/** Resolves `{kind:name}` in the text of db/*.sql. Undefined if there is no such name. */
const NAMED: Record<string, (name: string) => readonly string[] | undefined> = {
  before: (name) => own<{ from: readonly string[] }>(TRANSITIONS, name)?.from,
  after: (name) => {
    const step = own<{ to: string }>(TRANSITIONS, name);
    return step && [step.to];
  },
  publications: (name) => own<readonly string[]>(PUBLICATION_LISTS, name),
  media: (name) => own<readonly string[]>(MEDIA_LISTS, name),
  approvals: (name) => own<readonly string[]>(APPROVAL_LISTS, name),
  publication: (name) => one(PUBLICATION_STATES, name),
  action: (name) => one(ACTION_STATES, name),
};

/**
 * Fills the states of the transition table into the text of a SQL file: `{before:claim}` and `{after:claim}` for a transition,
 * `{publications:lane}` for a named list, `{publication:failed}` and `{action:open}` for a single state. Throws on an unknown name, so that
 * a mistyped state prevents the start and never reaches a comparison.
 */
export const withStates = (text: string): string =>
  text.replaceAll(/\{(\w+):(\w+)\}/g, (whole, kind: string, name: string) => {
    const states = own(NAMED, kind)?.(name);
    if (!states) throw new Error(`Unknown states in SQL: ${whole}`);
    return literals(states);
  });
