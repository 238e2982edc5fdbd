import type { Db } from '@/db/client';
import type { Locale } from '@/i18n/locales';
import type { Clock } from '@/server/foundation/clock';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import type { EventPublisher } from './events';
import { ALL_PERMISSIONS, type Permission, type Permissions, permissionsOf, type Role } from './permissions';
import type { Platforms } from './platforms';

/** The caller of a verb. Pages, service keys, chats, links in e-mails, webhooks and background functions call the same verbs. */
export type Actor = { readonly permissions: Permissions } & (
  | {
      readonly kind: 'member';
      readonly userId: string;
      readonly name: string;
      readonly role: Role;
      /** The session of the browser that they act from; absent if there is no browser. */
      readonly sessionId?: string | undefined;
    }
  | { readonly kind: 'key'; readonly keyId: string; readonly name: string }
  | { readonly kind: 'chat'; readonly userId: string; readonly name: string }
  | { readonly kind: 'link'; readonly userId: string; readonly name: string }
  | { readonly kind: 'webhook'; readonly name: string }
  | { readonly kind: 'system'; readonly name: string }
);

/** Returns the actor for a member of the workspace, with the permissions of their role. */
export const memberActor = (member: {
  userId: string;
  name: string;
  role: Role;
  sessionId?: string | undefined;
}): Actor => ({
  kind: 'member',
  userId: member.userId,
  name: member.name,
  role: member.role,
  sessionId: member.sessionId,
  permissions: permissionsOf(member.role),
});
/** Returns the actor for the app itself. `name` is the part that acts, such as the publisher or billing. */
export const systemActor = (name: string): Actor => ({ kind: 'system', name, permissions: ALL_PERMISSIONS });
/** Returns the actor for a signed call from another service, such as Stripe. */
export const webhookActor = (name: string): Actor => ({
  kind: 'webhook',
  name,
  permissions: ALL_PERMISSIONS,
});
/**
 * Returns the actor for anyone who opens a link that was mailed to this user. It can read the workspace and decide about posts, and nothing
 * else.
 */
export const linkActor = (person: { userId: string; name: string }): Actor => ({
  kind: 'link',
  ...person,
  permissions: new Set(['workspace.read', 'posts.decide']),
});

/** The services that verbs use, whoever calls them. Created by an adapter. */
export interface Services {
  readonly db: Db;
  readonly clock: Clock;
  readonly events: EventPublisher;
  readonly platforms: Platforms;
}

/** The context that every verb of a workspace receives besides its input. The adapter that created it has checked the workspace id. */
export interface Ctx extends Services {
  readonly workspaceId: WorkspaceId;
  readonly actor: Actor;
}

/** A signed-in user, with the workspace they act in (null before they have one). */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly workspace: { readonly id: WorkspaceId; readonly role: Role } | null;
}

/** Returns the context of a workspace's verbs for a signed-in user. Throws `forbidden` if the user has no workspace. */
export function memberCtx(services: Services, { workspace, userId, name, sessionId }: Viewer): Ctx {
  if (!workspace) throw new AppError('forbidden', fact('errors.noWorkspace'));
  return {
    ...services,
    workspaceId: workspace.id,
    actor: memberActor({ userId, name, role: workspace.role, sessionId }),
  };
}

/** Where a request comes from, for rate limits and the session list, and its browser's language. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string | null;
  readonly locale?: Locale | undefined;
}

/** The context of verbs for users who are not signed in. The adapter determines the client; the input cannot. */
export interface VisitorCtx extends Pick<Services, 'db' | 'clock' | 'events'> {
  readonly client: Client;
}

/** Context of verbs about a user's own account, before or outside any workspace. */
export interface PersonCtx extends Pick<Services, 'db' | 'clock' | 'events'> {
  readonly userId: string;
  readonly sessionId: string;
}

/** Context of verbs about the whole installation. */
export interface InstallationCtx extends PersonCtx, Pick<Viewer, 'email' | 'emailVerified'> {}

/** Whether the actor has this permission. */
export const can = (ctx: Pick<Ctx, 'actor'>, permission: Permission): boolean =>
  ctx.actor.permissions.has(permission);

/** Whether a viewer has all of these permissions in their workspace, for pages that offer an action only to those who may take it. */
export const viewerCan = (
  { workspace }: Pick<Viewer, 'workspace'>,
  ...permissions: readonly [Permission, ...Permission[]]
): boolean => {
  const own = workspace && permissionsOf(workspace.role);
  return own !== null && permissions.every((permission) => own.has(permission));
};

/** Throws `forbidden` unless the actor has this permission. */
export function requirePermission(ctx: Pick<Ctx, 'actor'>, permission: Permission): void {
  if (!can(ctx, permission)) throw new AppError('forbidden', fact(`errors.forbidden.${permission}`));
}

/** Returns the actor as stored in rows: `user:<id>`, `link:<user id>`, `key:<id>`, `chat:<user id>`, `system:<name>`, `webhook:<name>`. */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case 'member':
      return `user:${actor.userId}`;
    case 'link':
    case 'chat':
      return `${actor.kind}:${actor.userId}`;
    case 'key':
      return `key:${actor.keyId}`;
    default:
      return `${actor.kind}:${actor.name}`;
  }
}
