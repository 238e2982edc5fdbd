'use server';

import { signOut } from '@/server/auth';

/** Ends this browser's session and shows the sign-in page. */
export async function signOutAction(): Promise<void> {
  await signOut({ redirectTo: '/sign-in' });
}
