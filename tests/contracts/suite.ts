import { ContractDocument, contractsPresent, readContract } from './document';
import { record } from './scenarios';
import { checkAnswer, checkRequest, type Exchange } from './validate';

export interface Violation {
  platform: string;
  operation: string;
  side: 'request' | 'answer';
  message: string;
}
export interface Figures {
  /** Different operations that were called. */
  operations: number;
  /** Exchanges that were held against a document. */
  validated: number;
  /** Exchanges for which no document says anything. */
  without_contract: number;
  violations: number;
}
export interface Outcome {
  figures: Figures;
  violations: Violation[];
  withoutContract: string[];
}

const DOCUMENTS: Record<string, string> = {
  x: 'x/openapi.json',
  facebook: 'meta/facebook-page-publishing.transcribed.json',
  etsy: 'etsy/3.0.0.json',
};

/** Holds every recorded request and answer against the vendors' documents. Null when the documents are not there. */
export async function runContracts(): Promise<Outcome | null> {
  if (!contractsPresent()) return null;
  const documents = new Map<string, ContractDocument>();
  for (const [name, file] of Object.entries(DOCUMENTS))
    documents.set(name, await ContractDocument.load(name, file));
  const violations: Violation[] = [];
  const called = new Set<string>();
  const without = new Set<string>();
  let validated = 0;
  let unknown = 0;
  for (const exchange of await record()) {
    const document = documents.get(exchange.platform);
    const met = document?.find(exchange.method, exchange.path);
    const note = (operation: string, side: Violation['side'], messages: string[]) => {
      for (const message of messages)
        violations.push({ platform: exchange.platform, operation, side, message });
    };
    if (!document || !met) {
      const name = `${exchange.platform} ${exchange.method} ${exchange.path.replace(/\d{5,}/g, '…')}`;
      called.add(name);
      without.add(name);
      unknown++;
      note(name, 'request', otherFacts(exchange));
      continue;
    }
    called.add(`${exchange.platform} ${met.operation.id}`);
    validated++;
    note(met.operation.id, 'request', await checkRequest(document, met, exchange));
    note(met.operation.id, 'answer', checkAnswer(document, met.operation, exchange));
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
  };
}

/** What is known of operations that no OpenAPI document has: token endpoints, and Graph edges from Meta's own list. */
function otherFacts(exchange: Exchange): string[] {
  if (exchange.platform === 'facebook') {
    const edge = exchange.path.split('/')[3];
    const { apis } = readContract('meta/api_specs/Page.json') as {
      apis: { method?: string; endpoint?: string }[];
    };
    const known = apis.some((a) => a.method === exchange.method && a.endpoint?.replace(/^\//, '') === edge);
    const post = readContract('meta/api_specs/PagePost.json') as {
      fields: { name: string }[];
      apis: { endpoint?: string }[];
    };
    // An edge can be asked for as if it were a field.
    const names = new Set([
      ...post.fields.map((f) => f.name),
      ...post.apis.flatMap((a) => a.endpoint?.replace(/^\//, '') ?? []),
    ]);
    const asked = (exchange.query.get('fields') ?? '')
      .replace(/\{[^}]*\}/g, '')
      .split(',')
      .filter(Boolean);
    return [
      ...(known ? [] : [`there is no edge ${exchange.method} ${edge}`]),
      ...asked.filter((f) => !names.has(f)).map((f) => `there is no field ${f}`),
    ];
  }
  const { platforms } = readContract('oauth.json') as {
    platforms: Record<string, { token_url: string; revoke_url?: string; client_auth: string }>;
  };
  const terms = platforms[exchange.platform];
  const addresses = [terms?.token_url, terms?.revoke_url].flatMap((u) => (u ? [new URL(u).pathname] : []));
  const wrong: string[] = [];
  if (!addresses.includes(exchange.path)) wrong.push(`there is no address ${exchange.path}`);
  const form = new URLSearchParams(String(exchange.body ?? ''));
  const basic = exchange.headers.authorization?.startsWith('Basic ');
  if (terms?.client_auth.startsWith('basic') ? !basic : !form.get('client_id'))
    wrong.push('the client is not named as documented');
  if (form.get('grant_type') === 'authorization_code')
    for (const field of ['code', 'redirect_uri', 'code_verifier'])
      if (!form.get(field)) wrong.push(`${field} is missing`);
  if (exchange.status === 200 && exchange.path === new URL(terms?.token_url ?? 'http://x').pathname) {
    const answer = JSON.parse(exchange.answer) as Record<string, unknown>;
    if (typeof answer.access_token !== 'string' || !/^bearer$/i.test(String(answer.token_type)))
      wrong.push('the answer is no token answer (RFC 6749, 5.1)');
  }
  return wrong;
}
