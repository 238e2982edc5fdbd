import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { followUpRuleInput } from '@/server/domains/follow-up-rules/schemas';

/** Turns the typed rule of a post into the one that is saved. */
export const followUpSchema = z
  .object({ rule: z.unknown() })
  .transform(({ rule }) => ({ followUpRule: rule }))
  .pipe(into(z.object({ followUpRule: followUpRuleInput })));

/** The workspace's default rule, which may be switched off. */
export const defaultFollowUpSchema = z
  .object({ on: z.boolean(), rule: z.unknown() })
  .transform(({ on, rule }) => ({ followUpRule: on ? rule : null }))
  .pipe(into(z.object({ followUpRule: followUpRuleInput.nullable() })));
