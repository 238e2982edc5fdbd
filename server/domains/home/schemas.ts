import { z } from 'zod';
import { PUBLICATION_KINDS, PUBLICATION_STATES } from '@/db/schema';
import { factOutput } from '@/server/foundation/facts';
import { currencyTotal, notAttributed } from '../ledger/schemas';
import { PLANS } from '../plans/plans';
import { holdOutput } from '../posting-control/schemas';
import { waitsOutput } from '../publications/waits';

/** Data that every page of the app shows around its content. */
export const shellOutput = z.object({
  workspaceName: z.string(),
  plan: z.enum(PLANS),
  timeZone: z.string(),
  onboardingStep: z.enum(['plan', 'platforms', 'topics', 'automation', 'done']),
  isDemo: z.boolean(),
  /** Number of connections in use that lead to the sandbox, and to the real platforms. */
  sandboxConnections: z.number().int(),
  liveConnections: z.number().int(),
  /** Number of open approvals and actions. */
  todoCount: z.number().int(),
  /** Why publishing is on hold, or null. */
  hold: holdOutput.nullable(),
});

export const overviewOutput = z.object({
  timeZone: z.string(),
  money: z.object({
    month: z.string(),
    totals: z.array(currencyTotal),
    notAttributed,
    /** Whether anything has ever been listed for sale; decides what an empty month suggests. */
    hasProducts: z.boolean(),
  }),
  waiting: z.object({
    count: z.number().int(),
    items: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['approval', 'action']),
        title: factOutput,
        subjectType: z.string(),
        deadlineAt: z.date().nullable(),
        /** What happens to an approval at its deadline. */
        policy: z.enum(['approve', 'reject', 'keep']).nullable(),
      }),
    ),
  }),
  next: z.object({
    count: z.number().int(),
    items: z.array(
      z.object({
        id: z.string(),
        postId: z.string(),
        title: z.string(),
        text: z.string(),
        dueAt: z.date(),
        state: z.enum(PUBLICATION_STATES),
        kind: z.enum(PUBLICATION_KINDS),
        /** The publication that this one replies to, comments on, reposts or shares. */
        followsId: z.string().nullable(),
        waits: waitsOutput,
        platform: z.string(),
        account: z.string(),
      }),
    ),
  }),
  activity: z.array(
    z.object({
      id: z.string(),
      at: z.date(),
      verb: z.string(),
      summary: factOutput,
      subjectType: z.string(),
      subjectId: z.string(),
    }),
  ),
  connections: z.array(
    z.object({
      id: z.string(),
      platform: z.string(),
      environment: z.enum(['live', 'sandbox']),
      status: z.enum(['active', 'needs_reconnect', 'disconnected']),
      name: z.string(),
      problem: factOutput.nullable(),
      lastUsedAt: z.date().nullable(),
    }),
  ),
  alerts: z.object({
    count: z.number().int(),
    items: z.array(
      z.object({
        id: z.string(),
        severity: z.enum(['info', 'warning', 'serious']),
        title: factOutput,
        body: factOutput,
        href: z.string().nullable(),
        createdAt: z.date(),
      }),
    ),
  }),
});
export type Overview = z.output<typeof overviewOutput>;
