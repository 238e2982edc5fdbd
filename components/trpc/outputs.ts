import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@/server/trpc/root';

type Outputs = inferRouterOutputs<AppRouter>;
export type Connection = Outputs['connections']['list'][number];
export type AccountOptions = Outputs['connections']['options'][number];
export type Topic = Outputs['topics']['list']['topics'][number];
export type PostDetail = Outputs['posts']['get'];
export type Post = Outputs['posts']['create'];
export type PostItem = Outputs['posts']['list']['items'][number];
export type Publication = Outputs['publications']['get'];
export type PublicationItem = Outputs['publications']['list']['items'][number];
export type Todo = Outputs['todo']['list'];
export type Approval = Todo['approvals'][number];
export type Action = Todo['actions'][number];
export type Allowance = Outputs['generation']['status'];

type Planning = Outputs['planning'];
export type Plan = Planning['plan'];
export type PlanAccount = Plan['connections'][number];
export type QueueItem = Planning['queue']['items'][number];
export type FreeSlot = Planning['queue']['free'][number];
export type SeriesItem = Planning['series']['items'][number];
export type EvergreenItem = Planning['evergreen']['items'][number];
