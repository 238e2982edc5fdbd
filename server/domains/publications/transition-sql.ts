import { type SQL, sql } from 'drizzle-orm';
import { STEPS, type StepName } from './transitions';

/** The states from which a step may be taken, as a list for `in`. */
export const statesBefore = (step: StepName): SQL =>
  sql.join(
    STEPS[step].from.map((state) => sql.raw(`'${state}'`)),
    sql.raw(','),
  );
/** The state after a step, as a literal, so that partial indexes are found. */
export const stateAfter = (step: StepName): SQL => sql.raw(`'${STEPS[step].to}'`);
