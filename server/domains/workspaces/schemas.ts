import { z } from 'zod';
import { canonicalTimeZone, isTimeZone } from './time-zones';

export const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Choose a time zone from the list.')
  .transform(canonicalTimeZone);

export const currencySchema = z
  .string()
  .refine((v) => Intl.supportedValuesOf('currency').includes(v), 'Choose a currency from the list.');

export const updateWorkspaceInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the workspace a name.')
    .max(80, 'Use at most 80 characters.')
    .refine((v) => !/\p{Cc}/u.test(v), 'The name has a character that cannot be shown.'),
  timeZone: timeZoneSchema,
  reportingCurrency: currencySchema,
});

export const workspaceOutput = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  reportingCurrency: z.string(),
  plan: z.enum(['free', 'pro', 'agency']),
  onboardingStep: z.enum(['plan', 'platforms', 'topics', 'automation', 'done']),
  isDemo: z.boolean(),
  role: z.enum(['viewer', 'operator', 'manager', 'owner']),
});
