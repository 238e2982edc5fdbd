import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';

interface Person {
  email: string;
  emailVerified: boolean;
}

/**
 * Whether this person operates the installation (TRIBUTARY_OPERATORS). A role in a workspace says nothing about that: many workspaces
 * may share an installation. The address must be confirmed, or anybody could register with an operator's.
 */
export const isOperator = (person: Person): boolean =>
  person.emailVerified && env().TRIBUTARY_OPERATORS.includes(person.email.toLowerCase());

/** Throws `forbidden` unless this person operates the installation. */
export function requireOperator(person: Person): void {
  if (isOperator(person)) return;
  throw new AppError('forbidden', 'Only the people who operate this installation can see this.');
}
