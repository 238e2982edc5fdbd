import { isDatabaseAway } from './database-away';
import { scrubError } from './error-text';
import { logSenderFault, senderFault } from './sender-faults';

const shared = globalThis as typeof globalThis & { __tributaryConsole?: true };

/**
 * Next prints by itself what pages throw and what it refuses. From now on what a sender got wrong is one short line of our log
 * (sender-faults.ts), a database that is away is not told for each request again (request-outage.ts), and nothing printed holds the
 * values of a query.
 */
export function watchConsole(): void {
  if (shared.__tributaryConsole) return;
  shared.__tributaryConsole = true;
  // Next warns of actions that it does not know, with a stack as well.
  console.error = quieted(console.error);
  console.warn = quieted(console.warn);
}

/** The same for one way of printing. */
export function quieted(print: (...said: unknown[]) => void): (...said: unknown[]) => void {
  return (...said) => {
    const errors = said.filter((one) => one instanceof Error);
    if (errors.some(isDatabaseAway)) return;
    const fault = (errors.length > 0 ? errors : said.slice(0, 1))
      .map(senderFault)
      .find((one) => one !== null);
    if (fault) {
      logSenderFault(fault);
      return;
    }
    for (const error of errors) scrubError(error);
    print(...said);
  };
}
