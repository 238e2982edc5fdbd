import { TRPCError } from '@trpc/server';

/** Whether a call failed because there is no such thing (or it belongs to somebody else, which answers the same). */
export const isTrpcNotFound = (error: unknown): boolean =>
  error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST');
