import { vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import type { InstallationCtx, Services } from '@/server/verbs/context';

/** What a verb about the installation gets from somebody who operates it. It names them in TRIBUTARY_OPERATORS. */
export function operatorCtx(services: Pick<Services, 'db' | 'clock' | 'events'>): InstallationCtx {
  const email = 'operator@example.test';
  vi.stubEnv('TRIBUTARY_OPERATORS', email);
  resetEnv();
  return { ...services, userId: newId('user'), sessionId: newId('session'), email, emailVerified: true };
}
