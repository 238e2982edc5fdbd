import { env } from '@/server/foundation/env';

/**
 * Whether a user operates the installation (TRIBUTARY_OPERATORS). This is independent of roles in a workspace, because many workspaces may
 * share an installation. The address must be confirmed; otherwise anyone could register with an operator's.
 */
export const isOperator = (person: { email: string; emailVerified: boolean }): boolean =>
  person.emailVerified && env().TRIBUTARY_OPERATORS.includes(person.email.toLowerCase());
