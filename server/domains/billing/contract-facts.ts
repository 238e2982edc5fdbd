import type { Delivery, Exchange } from '@/tests/contracts/exchange';
import type { Json } from '@/tests/contracts/readers/contract';
import type { OpenApiContract } from '@/tests/contracts/readers/openapi';

/** Returns the differences between a webhook and the document, for the event and for its subject by the subject's own schema. */
export function checkDelivery(
  document: OpenApiContract,
  delivery: Delivery,
): { name: string; wrong: string[] } {
  const event = JSON.parse(delivery.body) as Json;
  const name = `webhook ${String(event.type)}`;
  return { name, wrong: [...checkSignature(delivery), ...checkEvent(document, event)] };
}

/** Checks an event and its subject. Used for responses too, because they can contain events. */
export function checkEvent(document: OpenApiContract, event: Json): string[] {
  const wrong = document.schemas.check(document.component('event') ?? '', event).map((e) => `event ${e}`);
  const data = event.data as { object?: Json; previous_attributes?: Json } | undefined;
  const subject = data?.object;
  const kind = String(subject?.object);
  const pointer = document.component(kind);
  if (!pointer) return [...wrong, `unknown object ${kind}`];
  wrong.push(...document.schemas.check(pointer, subject).map((e) => `event data.object ${e}`));
  const before = data?.previous_attributes;
  if (before && !String(event.type).endsWith('.updated'))
    wrong.push('previous_attributes belong to *.updated events only');
  // The previous state of the object must match its schema too.
  if (before) {
    wrong.push(
      ...document.schemas
        .check(pointer, { ...subject, ...before })
        .map((e) => `event previous_attributes ${e}`),
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
export function checkStripe(document: OpenApiContract, exchange: Exchange): string[] {
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

/** Returns the name of an operation without the ids in its path: `POST /v1/credit_notes/{id}/void`. */
export const operationOf = ({ method, path }: Pick<Exchange, 'method' | 'path'>): string =>
  `${method} ${path.replace(/(?<=\/)(?:cn|du)_\w+/g, '{id}')}`;

/** Checks the response of an operation that the document does not have, by the schemas of its objects. */
export function checkObjects(document: OpenApiContract, exchange: Exchange): string[] {
  const answer = JSON.parse(exchange.answer) as { object?: string; data?: Json[]; error?: Json };
  if (exchange.status >= 400) return answer.error ? [] : ['response has no error'];
  const objects = answer.object === 'list' ? (answer.data ?? []) : [answer as Json];
  return objects.flatMap((object) => {
    const pointer = document.component(String(object.object));
    return pointer
      ? document.schemas.check(pointer, object).map((e) => `response ${e}`)
      : [`unknown object ${String(object.object)}`];
  });
}
