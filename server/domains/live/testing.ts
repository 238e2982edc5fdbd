import type { Db } from '@/db/client';
import { activity, sessions } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { plain } from '@/tests/support/plain';
import type { World } from '@/tests/support/world';
import { readCursor } from './cursor';
import type { LiveHub } from './hub';
import type { LiveEvent } from './schemas';

/** Creates a session of the world's member and returns its id. */
export async function openSession(db: Db, world: World, now: Date = world.clock.now()): Promise<string> {
  const id = newId('session');
  await db.asSystem((tx) =>
    tx.insert(sessions).values({
      id,
      userId: world.userId,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + 30 * 86_400_000),
    }),
  );
  return id;
}

/** Records an activity about a listing in a workspace. */
export const recordListing = (db: Db, world: World, at: Date, listingId: string = newId('listing')) =>
  db.asSystem((tx) =>
    tx.insert(activity).values({
      id: newId('activity'),
      workspaceId: world.workspaceId,
      at,
      actor: 'system:test',
      verb: 'listing.active',
      subjectType: 'listing',
      subjectId: listingId,
      summary: plain('A secret sentence'),
    }),
  );

/** A listener that records its events. `since` is an event id or the time of a page. */
export class TestListener {
  readonly heard: LiveEvent[] = [];
  readonly leave: (() => void) | null;
  constructor(hub: LiveHub, world: World, sessionId: string, since: string | null = null) {
    this.leave = hub.join({
      workspaceId: world.workspaceId,
      sessionId,
      cursor: readCursor(since, world.clock.now()),
      tell: (event) => this.heard.push(event),
    });
  }
  /** Returns everything received since the last call, merged. */
  take(): { topics: Record<string, string[] | null>; types: string[] } {
    const events = this.heard.splice(0);
    const topics: Record<string, string[] | null> = {};
    for (const event of events)
      if ('topics' in event)
        for (const [topic, ids] of Object.entries(event.topics ?? {})) topics[topic] = ids;
    return { topics, types: events.map((event) => event.type) };
  }
  /** Id of the last event, from which to resume. */
  get cursor(): string | null {
    const last = this.heard.findLast((event) => 'cursor' in event);
    return last && 'cursor' in last ? last.cursor : null;
  }
}
