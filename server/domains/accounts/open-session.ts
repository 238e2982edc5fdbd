import type { Tx } from '@/db/client';
import { sessions } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { rememberDevice } from './devices';
import { SESSION_DAYS } from './schemas';
import { DAY } from './throttle';

/** A sign-in that succeeded. `device` is the token for the browser's cookie. */
export interface OpenedSession {
  kind: 'open';
  userId: string;
  sessionId: string;
  device: string;
}

/** Opens a session in the caller's transaction and makes the browser known. `deviceId`: the row that it is known by already. */
export async function openSession(
  tx: Tx,
  input: { userId: string; deviceId: string | null; userAgent: string | null; now: Date },
): Promise<OpenedSession> {
  const { userId, now } = input;
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
