import type { AvailablePlatform } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';

/** What is signed in to: a new account in an environment, or a connection to renew. */
export interface SignInTarget {
  platform: Shown<AvailablePlatform>;
  environment: 'live' | 'sandbox';
  connection?: { id: string; name: string } | undefined;
}

/** Whether a sign-in begins with a form here, and not with the platform's own page. */
export const asksFirst = ({ signIn }: Pick<AvailablePlatform, 'signIn'>, renewing: boolean): boolean =>
  !signIn.redirects || (signIn.server !== null && !renewing);
