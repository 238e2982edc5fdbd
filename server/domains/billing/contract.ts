import type { ServiceContract } from '@/tests/contracts/define';
import type { Contract } from '@/tests/contracts/readers/contract';
import { OpenApiContract } from '@/tests/contracts/readers/openapi';
import { loadStripe } from './contract-document';
import { checkDelivery, checkObjects, checkStripe, operationOf } from './contract-facts';
import { runBilling } from './contract-scenario';

const OLD = 'The document beside the checkout is older than the operation, or was trimmed.';

export const stripeContract: ServiceContract = {
  id: 'stripe',
  load: async () => [await loadStripe()],
  // Each object in their responses is checked against its own schema, which is current.
  withoutContract: {
    'GET /v1/credit_notes': OLD,
    'GET /v1/credit_notes/{id}': OLD,
    'POST /v1/credit_notes': OLD,
    'POST /v1/credit_notes/{id}/void': OLD,
    'GET /v1/disputes': OLD,
    'GET /v1/disputes/{id}': OLD,
    'POST /v1/disputes/{id}/close': OLD,
    'GET /v1/invoice_payments': OLD,
  },
  operationOf,
  also(exchange, documents) {
    const stripe = documentOf(documents);
    const objects = stripe.find(exchange) ? [] : checkObjects(stripe, exchange);
    return { request: [], answer: [...objects, ...checkStripe(stripe, exchange)] };
  },
  delivery: (delivery, documents) => checkDelivery(documentOf(documents), delivery),
  run: runBilling,
};

function documentOf([stripe]: readonly Contract[]): OpenApiContract {
  if (!(stripe instanceof OpenApiContract)) throw new Error('Stripe’s document is missing');
  return stripe;
}
