import type { members } from '@/db/schema';

export const ROLES = [
  'viewer',
  'operator',
  'manager',
  'owner',
] as const satisfies readonly (typeof members.$inferSelect)['role'][];
export type Role = (typeof ROLES)[number];

/** What may be done in a workspace, and the words that complete "Your role does not allow you to …". */
export const PERMISSIONS = {
  'workspace.read': 'see this workspace',
  'money.read': 'see this workspace’s money',
  'posts.write': 'write posts',
  'posts.publish': 'publish posts',
  'files.upload': 'upload files',
  'posting.pause': 'pause posting',
  'posting.start': 'start posting',
  'connections.check': 'check connections',
  'products.write': 'change products',
  'listings.write': 'list products',
  'prices.write': 'change prices',
  'sales.sync': 'sync sales',
  'actions.complete': 'complete actions',
  'alerts.resolve': 'resolve alerts',
  'posts.decide': 'decide approvals',
  'schedule.change': 'change when posts go out',
  'topics.change': 'choose topics',
  'workspace.change': 'change the workspace',
  'connections.manage': 'connect accounts',
  'posting.clear': 'stop posting and clear the queue',
  'posting.restart': 'start again after an emergency stop',
  'billing.manage': 'change the plan',
} as const;
export type Permission = keyof typeof PERMISSIONS;
export type Permissions = ReadonlySet<Permission>;

/** What each role adds to the one before it. */
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

/** What a member with this role may do. */
export const permissionsOf = (role: Role): Permissions => OF_ROLE.get(role) ?? new Set();

/** The roles whose members have this permission, the lesser first. */
export const rolesWith = (permission: Permission): readonly Role[] =>
  ROLES.filter((role) => permissionsOf(role).has(permission));

/** Everything, for what the app itself does. */
export const ALL_PERMISSIONS: Permissions = permissionsOf('owner');
