import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { forbidden } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';
import type { Platforms } from '@/server/verbs/platforms';
import type { EventPublisher } from './events';

export const ROLES = ['viewer', 'operator', 'manager', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Who does it. Web pages, background functions, links in e-mails and the command line call the same verbs. */
export type Actor =
  | { kind: 'user'; userId: string; name: string }
  | { kind: 'system'; name: string }
  | { kind: 'link'; name: string };

/** What verbs work with, whoever calls them. A door makes one. */
export interface Services {
  readonly db: Db;
  readonly clock: Clock;
  readonly events: EventPublisher;
  readonly platforms: Platforms;
}

/** What every verb of a workspace gets beside its input. The workspace id was checked by the door that made this. */
export interface Ctx extends Services {
  readonly workspaceId: WorkspaceId;
  readonly actor: Actor;
  readonly role: Role;
}

/** Throws `forbidden` unless the caller's role is at least this. `what` completes "does not allow you to …". */
export function requireRole(ctx: Pick<Ctx, 'role'>, atLeast: Role, what: string): void {
  if (ROLES.indexOf(ctx.role) < ROLES.indexOf(atLeast)) throw forbidden(what);
}

/** The actor as it is stored in rows: `user:<id>`, `system:<name>`, `link:<name>`. */
export const actorKey = (actor: Actor): string =>
  `${actor.kind}:${actor.kind === 'user' ? actor.userId : actor.name}`;
