import type { ContractDocument } from './document';
import type { Delivery } from './stripe-scenario';
import type { Exchange } from './validate';

type Json = Record<string, unknown>;

/** What a webhook differs in from the document: the event, and what it tells of by that object's own schema. */
export function checkDelivery(
  document: ContractDocument,
  delivery: Delivery,
): { name: string; wrong: string[] } {
  const event = JSON.parse(delivery.body) as Json;
  const name = `webhook ${String(event.type)}`;
  return { name, wrong: [...checkSignature(delivery), ...checkEvent(document, event)] };
}

/** An event and its subject. An event stands in answers too. */
export function checkEvent(document: ContractDocument, event: Json): string[] {
  const wrong = document.check(document.component('event') ?? '', event).map((e) => `event ${e}`);
  const data = event.data as { object?: Json; previous_attributes?: Json } | undefined;
  const subject = data?.object;
  const kind = String(subject?.object);
  const pointer = document.component(kind);
  if (!pointer) return [...wrong, `there is no object ${kind}`];
  wrong.push(...document.check(pointer, subject).map((e) => `event data.object ${e}`));
  const before = data?.previous_attributes;
  if (before && !String(event.type).endsWith('.updated'))
    wrong.push('previous_attributes belong to *.updated events only');
  // As it was before, the object was one of its kind too.
  if (before) {
    wrong.push(
      ...document.check(pointer, { ...subject, ...before }).map((e) => `event previous_attributes ${e}`),
    );
    for (const key of Object.keys(before))
      if (subject && !(key in subject)) wrong.push(`event previous_attributes ${key}: is not of ${kind}`);
  }
  return wrong;
}

/** `Stripe-Signature: t=…,v1=…` (notes/stripe.md). That the HMAC is right, the receiver itself has checked. */
const checkSignature = ({ headers }: Delivery): string[] =>
  /^t=\d+,v1=[0-9a-f]{64}$/.test(headers['stripe-signature'] ?? '') ? [] : ['stripe-signature is malformed'];

/** What the document does not say of requests and answers and the notes beside it do. */
export function checkStripe(document: ContractDocument, exchange: Exchange): string[] {
  const wrong: string[] = [];
  if (exchange.method === 'POST' && !exchange.headers['idempotency-key'])
    wrong.push('idempotency-key is missing');
  const answer = JSON.parse(exchange.answer) as { object?: string; data?: Json[]; error?: Json };
  if (!exchange.answerHeaders['request-id']) wrong.push('answer request-id is missing');
  if (exchange.status >= 400 && !answer.error) wrong.push('answer has no error');
  if (exchange.status < 400 && answer.object === 'event')
    wrong.push(...checkEvent(document, answer as unknown as Json));
  for (const item of answer.object === 'list' ? (answer.data ?? []) : [])
    if (item.object === 'event') wrong.push(...checkEvent(document, item));
  return wrong;
}
