import { vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import type { InstallationCtx, Services } from '@/server/verbs/context';

/** Returns the ctx of an operator for verbs about the installation. Sets TRIBUTARY_OPERATORS to the operator's address. */
export function operatorCtx(services: Pick<Services, 'db' | 'clock' | 'events'>): InstallationCtx {
  const email = 'operator@example.test';
  vi.stubEnv('TRIBUTARY_OPERATORS', email);
  resetEnv();
  return { ...services, userId: newId('user'), sessionId: newId('session'), email, emailVerified: true };
}
