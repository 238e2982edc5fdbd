import { z } from 'zod';
import { asMessage } from '@/server/foundation/facts';
import { currency, line, timeZone } from '@/server/foundation/inputs';

export const timeZoneSchema = timeZone();

export const updateWorkspaceInput = z.object({
  name: line({
    min: 1,
    max: 80,
    tooShort: asMessage('validation.workspaces.nameMissing'),
    unprintable: asMessage('validation.workspaces.nameUnshown'),
  }),
  timeZone: timeZoneSchema,
  reportingCurrency: currency(),
});

export const workspaceOutput = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  reportingCurrency: z.string(),
  plan: z.enum(['free', 'pro', 'agency']),
  onboardingStep: z.enum(['plan', 'platforms', 'topics', 'automation', 'done']),
  isDemo: z.boolean(),
  /** The member's role; null for a caller without one. */
  role: z.enum(['viewer', 'operator', 'manager', 'owner']).nullable(),
});
