import type { members } from '@/db/schema';

export const ROLES = [
  'viewer',
  'operator',
  'manager',
  'owner',
] as const satisfies readonly (typeof members.$inferSelect)['role'][];
export type Role = (typeof ROLES)[number];

/** The permissions in a workspace. `errors.forbidden` in the catalogue has a message for each. */
export const PERMISSIONS = [
  'workspace.read',
  'money.read',
  'posts.write',
  'posts.publish',
  'files.upload',
  'posting.pause',
  'posting.start',
  'connections.check',
  'products.write',
  'listings.write',
  'prices.write',
  'sales.sync',
  'actions.complete',
  'alerts.resolve',
  'posts.decide',
  'schedule.change',
  'topics.change',
  'workspace.change',
  'connections.manage',
  'posting.clear',
  'posting.restart',
  'billing.manage',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
export type Permissions = ReadonlySet<Permission>;

/** The permissions that each role adds to those of the one before it. */
const ADDED: Record<Role, readonly Permission[]> = {
  viewer: ['workspace.read', 'money.read'],
  operator: [
    'posts.write',
    'posts.publish',
    'files.upload',
    'posting.pause',
    'posting.start',
    'connections.check',
    'products.write',
    'listings.write',
    'prices.write',
    'sales.sync',
    'actions.complete',
    'alerts.resolve',
  ],
  manager: [
    'posts.decide',
    'schedule.change',
    'topics.change',
    'workspace.change',
    'connections.manage',
    'posting.clear',
    'posting.restart',
  ],
  owner: ['billing.manage'],
};

const OF_ROLE = new Map<Role, Permissions>(
  ROLES.map((role, index) => [role, new Set(ROLES.slice(0, index + 1).flatMap((one) => ADDED[one]))]),
);

/** Returns the permissions of a member with this role. */
export const permissionsOf = (role: Role): Permissions => OF_ROLE.get(role) ?? new Set();

/** Returns the roles whose members have this permission, lowest first. */
export const rolesWith = (permission: Permission): readonly Role[] =>
  ROLES.filter((role) => permissionsOf(role).has(permission));

/** All permissions, for what the app itself does. */
export const ALL_PERMISSIONS: Permissions = permissionsOf('owner');
