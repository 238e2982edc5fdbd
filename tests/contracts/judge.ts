import type { PlatformContract, ServiceContract } from './define';
import type { Exchange } from './exchange';
import type { Contract } from './readers/contract';
import { brokenRules } from './rules';

export interface Violation {
  operation: string;
  side: 'request' | 'answer' | 'webhook';
  message: string;
}
export interface PlatformOutcome {
  name: string;
  /** Number of distinct operations that were called, including webhooks. */
  operations: number;
  /** Number of exchanges that were checked against a document. */
  validated: number;
  /** Number of exchanges that no document covers. */
  unchecked: number;
  withoutContract: string[];
  violations: Violation[];
  /** Broken rules: something is declared but not exercised, or a contract is missing without a reason. */
  rules: string[];
}

/** The outcome of a platform of which nothing was called. */
export const nothing = (name: string): PlatformOutcome => ({
  name,
  operations: 0,
  validated: 0,
  unchecked: 0,
  withoutContract: [],
  violations: [],
  rules: [],
});

/** Checks the exchanges of one platform or service. */
export async function judge(
  name: string,
  contract: Pick<PlatformContract, 'load' | 'also' | 'withoutContract'> &
    Pick<ServiceContract, 'operationOf'>,
  all: readonly Exchange[],
  declared: readonly string[],
  exercised: ReadonlySet<string>,
): Promise<PlatformOutcome> {
  const documents = await contract.load();
  const outcome = nothing(name);
  const called = new Set<string>();
  const known = new Set<string>();
  const unknown = new Set<string>();
  for (const exchange of all.filter(({ platform }) => platform === name)) {
    const own =
      contract.operationOf?.(exchange) ?? exchange.operation ?? `${exchange.method} ${exchange.path}`;
    const published = publishedIn(documents, exchange);
    const note = (side: Violation['side'], messages: readonly string[]) => {
      for (const message of messages)
        outcome.violations.push({ operation: published?.id ?? own, side, message });
    };
    called.add(published?.id ?? own);
    if (published) {
      known.add(own);
      outcome.validated++;
      note('request', await published.request(exchange));
      note('answer', await published.answer(exchange));
    } else {
      unknown.add(own);
      outcome.unchecked++;
    }
    const more = contract.also?.(exchange, documents);
    note('request', more?.request ?? []);
    note('answer', more?.answer ?? []);
  }
  outcome.operations = called.size;
  outcome.withoutContract = [...unknown].sort();
  outcome.rules = brokenRules(declared, exercised, { known, unknown }, contract.withoutContract);
  return outcome;
}

function publishedIn(documents: readonly Contract[], exchange: Exchange) {
  for (const document of documents) {
    const published = document.find(exchange);
    if (published) return published;
  }
  return null;
}
