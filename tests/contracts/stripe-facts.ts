import type { ContractDocument } from './document';
import type { Delivery } from './stripe-scenario';
import type { Exchange } from './validate';

type Json = Record<string, unknown>;

/** Returns the differences between a webhook and the document, for the event and for its subject by the subject's own schema. */
export function checkDelivery(
  document: ContractDocument,
  delivery: Delivery,
): { name: string; wrong: string[] } {
  const event = JSON.parse(delivery.body) as Json;
  const name = `webhook ${String(event.type)}`;
  return { name, wrong: [...checkSignature(delivery), ...checkEvent(document, event)] };
}

/** Checks an event and its subject. Used for responses too, because they can contain events. */
export function checkEvent(document: ContractDocument, event: Json): string[] {
  const wrong = document.check(document.component('event') ?? '', event).map((e) => `event ${e}`);
  const data = event.data as { object?: Json; previous_attributes?: Json } | undefined;
  const subject = data?.object;
  const kind = String(subject?.object);
  const pointer = document.component(kind);
  if (!pointer) return [...wrong, `unknown object ${kind}`];
  wrong.push(...document.check(pointer, subject).map((e) => `event data.object ${e}`));
  const before = data?.previous_attributes;
  if (before && !String(event.type).endsWith('.updated'))
    wrong.push('previous_attributes belong to *.updated events only');
  // The previous state of the object must match its schema too.
  if (before) {
    wrong.push(
      ...document.check(pointer, { ...subject, ...before }).map((e) => `event previous_attributes ${e}`),
    );
    for (const key of Object.keys(before))
      if (subject && !(key in subject))
        wrong.push(`event previous_attributes ${key}: is not a field of ${kind}`);
  }
  return wrong;
}

/** `Stripe-Signature: t=…,v1=…` (notes/stripe.md). The receiver itself verifies the HMAC. */
const checkSignature = ({ headers }: Delivery): string[] =>
  /^t=\d+,v1=[0-9a-f]{64}$/.test(headers['stripe-signature'] ?? '') ? [] : ['stripe-signature is malformed'];

/** Checks requirements on requests and responses that are only in the notes beside the document. */
export function checkStripe(document: ContractDocument, exchange: Exchange): string[] {
  const wrong: string[] = [];
  if (exchange.method === 'POST' && !exchange.headers['idempotency-key'])
    wrong.push('idempotency-key is missing');
  const answer = JSON.parse(exchange.answer) as { object?: string; data?: Json[]; error?: Json };
  if (!exchange.answerHeaders['request-id']) wrong.push('response request-id is missing');
  if (exchange.status >= 400 && !answer.error) wrong.push('response has no error');
  if (exchange.status < 400 && answer.object === 'event')
    wrong.push(...checkEvent(document, answer as unknown as Json));
  for (const item of answer.object === 'list' ? (answer.data ?? []) : [])
    if (item.object === 'event') wrong.push(...checkEvent(document, item));
  return wrong;
}

/**
 * Operations that Stripe has, but the document beside the checkout does not, because it is older or was trimmed. Their requests are not
 * checked, and they are counted as without a contract; each object in their responses is checked against its own schema, which is current.
 */
const UNDOCUMENTED = [
  /^GET \/v1\/credit_notes(?:\/cn_\w+)?$/,
  /^POST \/v1\/credit_notes(?:\/cn_\w+\/void)?$/,
  /^GET \/v1\/disputes(?:\/du_\w+)?$/,
  /^POST \/v1\/disputes\/du_\w+\/close$/,
  /^GET \/v1\/invoice_payments$/,
];
export const isUndocumented = ({ method, path }: Pick<Exchange, 'method' | 'path'>): boolean =>
  UNDOCUMENTED.some((operation) => operation.test(`${method} ${path}`));

/** Checks the response of an operation that the document does not have, by the schemas of its objects. */
export function checkObjects(document: ContractDocument, exchange: Exchange): string[] {
  const answer = JSON.parse(exchange.answer) as { object?: string; data?: Json[]; error?: Json };
  if (exchange.status >= 400) return answer.error ? [] : ['response has no error'];
  const objects = answer.object === 'list' ? (answer.data ?? []) : [answer as Json];
  return objects.flatMap((object) => {
    const pointer = document.component(String(object.object));
    return pointer
      ? document.check(pointer, object).map((e) => `response ${e}`)
      : [`unknown object ${String(object.object)}`];
  });
}
