import { env } from '@/server/foundation/env';

/**
 * Whether this person operates the installation (TRIBUTARY_OPERATORS). A role in a workspace says nothing about that: many workspaces
 * may share an installation. The address must be confirmed, or anybody could register with an operator's.
 */
export const isOperator = (person: { email: string; emailVerified: boolean }): boolean =>
  person.emailVerified && env().TRIBUTARY_OPERATORS.includes(person.email.toLowerCase());
