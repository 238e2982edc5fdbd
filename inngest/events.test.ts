import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EventType } from 'inngest';
import { expect, test } from 'vitest';
import { EVENTS, type EventPublisher } from '@/server/verbs/events';
import { RecordedEvents } from '@/tests/support/world';
import type { Outgoing } from './events';
import { functions } from './functions';

type Trigger = { cron: string } | { event: string } | EventType<string, undefined>;
const triggers = functions.flatMap((one) =>
  (one.opts.triggers as Trigger[]).map((trigger) => ({ id: one.id(), trigger })),
);

test('every function that an event triggers parses it with the schema of its name', () => {
  const untyped = triggers.filter(({ trigger }) => !('cron' in trigger) && !(trigger instanceof EventType));
  expect(untyped).toEqual([]);
  const heard = triggers.flatMap(({ trigger }) => (trigger instanceof EventType ? [trigger] : []));
  for (const { name, schema } of heard) expect(schema).toBe(EVENTS[name as keyof typeof EVENTS]);
  // Every published event has a subscriber.
  expect(new Set(heard.map(({ name }) => name))).toEqual(new Set(Object.keys(EVENTS)));
});

test('events are sent only through the typed publisher', () => {
  const root = path.join(import.meta.dirname, '..');
  const senders = ['app', 'server', 'inngest'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => path.posix.join(folder, name))
      .filter((name) =>
        /\b(inngest\.send|step\.sendEvent)\(/.test(readFileSync(path.join(root, name), 'utf8')),
      ),
  );
  expect(senders).toEqual(['inngest/event-publisher.ts']);
});

test('a wrong name, a missing field and an extra field are rejected, at compile time and at run time', async () => {
  const events: EventPublisher = new RecordedEvents();
  const wrong = [
    // @ts-expect-error there is no such event
    () => events.publish('publishing/sweep.wanted', {}),
    // @ts-expect-error the listing is missing
    () => events.publish('selling/listing.requested', { workspaceId: 'ws_1' }),
    // @ts-expect-error that is another event's
    () => events.publish('selling/listing.requested', { workspaceId: 'ws_1', priceChangeId: 'prc_1' }),
    // @ts-expect-error a number is no id
    () => events.publish('selling/listing.requested', { workspaceId: 'ws_1', listingId: 1 }),
    // @ts-expect-error it carries nothing
    () => events.publish('email/queued', { to: 'ada@example.com' }),
  ];
  for (const publish of wrong) await expect(async () => publish()).rejects.toThrow();
  await events.publish('selling/listing.requested', { workspaceId: 'ws_1', listingId: 'lst_1' });

  // @ts-expect-error the version is missing
  const claim: Outgoing<'publishing/publication.claimed'>['data'] = {
    workspaceId: 'ws_1',
    publicationId: 'pub_1',
    connectionId: 'con_1',
    platform: 'x',
    claimToken: 'token',
    dueAt: '2026-03-05T09:00:00Z',
  };
  expect(EVENTS['publishing/publication.claimed'].safeParse(claim).success).toBe(false);
  expect(EVENTS['publishing/publication.claimed'].safeParse({ ...claim, version: 1 }).success).toBe(true);
});
