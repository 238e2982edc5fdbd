import path from 'node:path';
import { contracts } from '@/server/connectors/generated/contracts';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { connectors } from '@/server/connectors/registry';
import { stripeContract } from '@/server/domains/billing/contract';
import type { PlatformContract, ServiceContract } from './define';
import type { Exchange } from './exchange';
import { operationsOf } from './operations';
import { type Contract, contractsPresent } from './readers/contract';
import { brokenRules, declaredBy } from './rules';
import { record } from './stage';

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

const SERVICES: readonly ServiceContract[] = [stripeContract];
const CONNECTORS = path.resolve(import.meta.dirname, '../../server/connectors');

/** Checks every recorded request and response against the vendors' documents. Returns null if the documents are missing. */
export async function runContracts(): Promise<PlatformOutcome[] | null> {
  if (!contractsPresent()) return null;
  const platforms = new Map(
    Object.entries(contracts).flatMap(([id, contract]) => (contract ? [[id as PlatformId, contract]] : [])),
  );
  const { exchanges, deliveries, exercised } = await record(platforms, SERVICES);
  const outcomes: PlatformOutcome[] = [];
  for (const [id, connector] of Object.entries(connectors)) {
    if (!connector) continue;
    const contract = platforms.get(id as PlatformId);
    const declared = declaredBy(connector.manifest, operationsOf(path.join(CONNECTORS, id)));
    outcomes.push(
      contract
        ? await judge(id, contract, exchanges, declared, exercised.get(id) ?? new Set())
        : { ...nothing(id), rules: [`server/connectors/${id}/contract.ts is missing`] },
    );
  }
  for (const service of SERVICES) {
    const outcome = await judge(service.id, service, exchanges, [], new Set());
    const documents = await service.load();
    const webhooks = new Set<string>();
    for (const delivery of deliveries) {
      const checked = service.delivery?.(delivery, documents);
      if (!checked) continue;
      webhooks.add(checked.name);
      outcome.validated++;
      for (const message of checked.wrong)
        outcome.violations.push({ operation: checked.name, side: 'webhook', message });
    }
    outcome.operations += webhooks.size;
    outcomes.push(outcome);
  }
  return outcomes;
}

const nothing = (name: string): PlatformOutcome => ({
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
