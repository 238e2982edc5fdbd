import { and, eq, ne } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { sessions, users } from '@/db/schema';
import type { Locale } from '@/i18n/locales';
import { newId } from '@/server/foundation/ids';
import { rememberDevice } from './devices';
import { type openedSession, SESSION_DAYS } from './schemas';
import { DAY } from './throttle';

export type OpenedSession = z.output<typeof openedSession>;

/**
 * Opens a session and remembers the browser, in the caller's transaction. `deviceId` is the browser's row if it is already known. `locale`
 * is the browser's language, which future e-mails to the user use.
 */
export async function openSession(
  tx: Tx,
  input: {
    userId: string;
    deviceId: string | null;
    userAgent: string | null;
    locale?: Locale | undefined;
    now: Date;
  },
): Promise<OpenedSession> {
  const { userId, locale, now } = input;
  if (locale)
    await tx
      .update(users)
      .set({ locale })
      .where(and(eq(users.id, userId), ne(users.locale, locale)));
  const device = await rememberDevice(tx, { id: input.deviceId, userId, now });
  const sessionId = newId('session');
  await tx.insert(sessions).values({
    id: sessionId,
    userId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + SESSION_DAYS * DAY),
    userAgent: input.userAgent,
    deviceId: device.id,
  });
  return { kind: 'open', userId, sessionId, device: device.token };
}
