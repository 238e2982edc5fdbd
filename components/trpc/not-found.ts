import { TRPCError } from '@trpc/server';

/** Whether a call failed because the item does not exist (or belongs to someone else, which gives the same response). */
export const isTrpcNotFound = (error: unknown): boolean =>
  error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST');
