import { json, Refusal } from '../http';
import type { Vendor } from '../shell/vendor';

export interface StripeErrorBody {
  type: 'invalid_request_error' | 'card_error' | 'api_error' | 'idempotency_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
}

export const stripeError = (status: number, error: StripeErrorBody): Response =>
  json(
    {
      error: {
        ...error,
        ...(error.code
          ? { doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}` }
          : {}),
      },
    },
    status,
  );

/** Ends the request with an error that the caller caused. */
export function invalid(message: string, param?: string, code?: string, status = 400): never {
  throw new Refusal(
    stripeError(status, {
      type: 'invalid_request_error',
      message,
      ...(param ? { param } : {}),
      ...(code ? { code } : {}),
    }),
  );
}

export const noSuch = (what: string, id: string, param = 'id', status = 404): never =>
  invalid(`No such ${what}: '${id}'`, param, 'resource_missing', status);

export const stripeVendor: Vendor = {
  platform: 'stripe',
  problem: (_c, p) =>
    p.is === 'too_many'
      ? stripeError(429, {
          type: 'invalid_request_error',
          code: 'rate_limit',
          message: 'Request rate limit exceeded. Learn more about rate limits.',
        })
      : stripeError(500, { type: 'api_error', message: 'An unknown error occurred' }),
};
