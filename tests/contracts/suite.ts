import { ContractDocument, contractsPresent } from './document';
import { checkByFacts } from './facts';
import { record } from './scenarios';
import { loadStripe } from './stripe-document';
import { checkDelivery, checkObjects, checkStripe, isUndocumented } from './stripe-facts';
import { checkAnswer, checkRequest } from './validate';

export interface Violation {
  platform: string;
  operation: string;
  side: 'request' | 'answer';
  message: string;
}
export interface Figures {
  /** Number of distinct operations that were called, including webhooks. */
  operations: number;
  /** Number of exchanges that were checked against a document. */
  validated: number;
  /** Number of exchanges that no document covers. */
  without_contract: number;
  violations: number;
}
export interface Outcome {
  figures: Figures;
  violations: Violation[];
  withoutContract: string[];
  /** Those of them that are known not to have one, such as Stripe's credit notes. */
  undocumented: string[];
}

const DOCUMENTS: Record<string, string> = {
  x: 'x/openapi.json',
  facebook: 'meta/facebook-page-publishing.transcribed.json',
  etsy: 'etsy/3.0.0.json',
};

/**
 * Whether the exchange uploads a file or chunk to Facebook: the transcribed document only covers uploads by URL (`url`, `file_url`). Meta's
 * own parameter list of the edge, next to it, has the others.
 */
const beyond = ({ platform, method, path }: { platform: string; method: string; path: string }): boolean =>
  platform === 'facebook' && method === 'POST' && /\/(?:photos|videos)$/.test(path);

/** Checks every recorded request and response against the vendors' documents. Returns null if the documents are missing. */
export async function runContracts(): Promise<Outcome | null> {
  if (!contractsPresent()) return null;
  const documents = new Map<string, ContractDocument>();
  for (const [name, file] of Object.entries(DOCUMENTS))
    documents.set(name, await ContractDocument.load(name, file));
  const stripe = await loadStripe();
  documents.set('stripe', stripe);
  const violations: Violation[] = [];
  const called = new Set<string>();
  const without = new Set<string>();
  const undocumented = new Set<string>();
  let validated = 0;
  let unknown = 0;
  const note = (platform: string, operation: string, side: Violation['side'], messages: string[]) => {
    for (const message of messages) violations.push({ platform, operation, side, message });
  };
  const { exchanges, deliveries } = await record();
  for (const exchange of exchanges) {
    const { platform } = exchange;
    const document = documents.get(platform);
    const met = beyond(exchange) ? null : document?.find(exchange.method, exchange.path);
    if (!document || !met) {
      const known = platform === 'stripe' && isUndocumented(exchange);
      const path = exchange.path.replace(known ? /(?<=\/)(?:cn|du)_\w+/ : /\d{5,}/g, '…');
      const name = `${platform} ${exchange.method} ${path}`;
      called.add(name);
      const wrong = await checkByFacts(exchange);
      if (wrong) {
        validated++;
        note(platform, name, 'request', wrong.request);
        note(platform, name, 'answer', wrong.answer);
      } else {
        if (known) {
          undocumented.add(name);
          note(platform, name, 'answer', [
            ...checkObjects(stripe, exchange),
            ...checkStripe(stripe, exchange),
          ]);
        }
        without.add(name);
        unknown++;
      }
      continue;
    }
    called.add(`${platform} ${met.operation.id}`);
    validated++;
    note(platform, met.operation.id, 'request', await checkRequest(document, met, exchange));
    note(platform, met.operation.id, 'answer', checkAnswer(document, met.operation, exchange));
    if (platform === 'stripe') note(platform, met.operation.id, 'answer', checkStripe(stripe, exchange));
  }
  for (const delivery of deliveries) {
    const { name, wrong } = checkDelivery(stripe, delivery);
    called.add(`stripe ${name}`);
    validated++;
    note('stripe', name, 'answer', wrong);
  }
  return {
    figures: {
      operations: called.size,
      validated,
      without_contract: unknown,
      violations: violations.length,
    },
    violations,
    withoutContract: [...without],
    undocumented: [...undocumented],
  };
}
