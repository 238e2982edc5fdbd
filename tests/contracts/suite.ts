import path from 'node:path';
import { contracts } from '@/server/connectors/generated/contracts';
import { PLATFORM_IDS, type PlatformId } from '@/server/connectors/generated/ids';
import { connectorOf } from '@/server/connectors/registry';
import { stripeContract } from '@/server/domains/billing/contract';
import type { PlatformContract, ServiceContract } from './define';
import type { Delivery } from './exchange';
import { judge, nothing, type PlatformOutcome } from './judge';
import { operationsOf } from './operations';
import { contractsPresent } from './readers/contract';
import { declaredBy } from './rules';
import { record } from './stage';

const SERVICES: readonly ServiceContract[] = [stripeContract];
const CONNECTORS = path.resolve(import.meta.dirname, '../../server/connectors');

/**
 * Checks every recorded request and response against the vendors' documents, of one platform or of all. Returns null if the documents are
 * missing. Throws RangeError if there is no such platform.
 */
export async function runContracts(only?: string): Promise<PlatformOutcome[] | null> {
  if (!contractsPresent()) return null;
  const wanted = (id: string): boolean => only === undefined || id === only;
  const services = SERVICES.filter(({ id }) => wanted(id));
  if (services.length === 0 && !PLATFORM_IDS.some(wanted))
    throw new RangeError(`There is no platform "${only}"`);
  const platforms = new Map(
    Object.entries(contracts).flatMap(([id, contract]) =>
      contract && wanted(id) ? [[id as PlatformId, contract]] : [],
    ),
  );
  const { exchanges, deliveries, exercised } = await record(platforms, services);
  const outcomes: PlatformOutcome[] = [];
  for (const id of PLATFORM_IDS) {
    const connector = wanted(id) ? await connectorOf(id) : null;
    if (!connector) continue;
    const contract = platforms.get(id);
    const declared = declaredBy(connector.manifest, operationsOf(path.join(CONNECTORS, id)));
    if (!contract) {
      outcomes.push({ ...nothing(id), rules: [`server/connectors/${id}/contract.ts is missing`] });
      continue;
    }
    const outcome = await judge(id, contract, exchanges, declared, exercised.get(id) ?? new Set());
    const own = deliveries.filter(({ url }) => new URL(url).pathname.startsWith(`/api/webhooks/${id}/`));
    outcomes.push(await judgeDeliveries(outcome, contract, own));
  }
  for (const service of services) {
    const outcome = await judge(service.id, service, exchanges, [], new Set());
    const own = deliveries.filter(({ url }) => new URL(url).pathname === `/api/webhooks/${service.id}`);
    outcomes.push(await judgeDeliveries(outcome, service, own));
  }
  return outcomes;
}

/** Checks webhooks, if their vendor has published what they contain. */
async function judgeDeliveries(
  outcome: PlatformOutcome,
  contract: Pick<PlatformContract, 'load' | 'delivery'>,
  deliveries: readonly Delivery[],
): Promise<PlatformOutcome> {
  const documents = contract.delivery ? await contract.load() : [];
  const names = new Set<string>();
  for (const delivery of deliveries) {
    const checked = await contract.delivery?.(delivery, documents);
    if (!checked) continue;
    names.add(checked.name);
    outcome.validated++;
    for (const message of checked.wrong)
      outcome.violations.push({ operation: checked.name, side: 'webhook', message });
  }
  outcome.operations += names.size;
  return outcome;
}
