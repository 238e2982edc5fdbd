import { z } from 'zod';
import { emailAddress, line, token } from '@/server/foundation/inputs';
import { brokenRules, PASSWORD_MAX } from './password-rules';

export const SESSION_DAYS = 30;
export const VERIFY_HOURS = 48;
export const RESET_MINUTES = 60;

/** What the database knows about the outside of a workspace: people before and between workspaces. */
export const emailSchema = emailAddress();

export const passwordSchema = token({
  max: PASSWORD_MAX,
  unshown: 'The password has a character that cannot be typed everywhere.',
}).superRefine((value, context) => {
  const broken = brokenRules(value);
  if (broken.length === 0) return;
  context.addIssue({
    code: 'custom',
    message: `The password still needs: ${broken.map((r) => r.label.toLowerCase()).join('; ')}.`,
  });
});

const plainName = line({
  min: 1,
  max: 80,
  tooShort: 'Write your name.',
  unshown: 'The name has a character that cannot be shown.',
});

const client = { ip: token({ max: 64 }), userAgent: token({ max: 300 }).nullable() };

export const registerInput = z.object({
  name: plainName,
  email: emailSchema,
  password: passwordSchema,
  terms: z.literal(true, { error: 'Accept the terms to go on.' }),
  timeZone: token({ max: 64 }).optional(),
  ...client,
});
export const signInInput = z.object({
  email: token({ max: 500 }),
  password: token({ max: 1000 }),
  /** What the browser shows to say that it has signed in before: the tokens of its cookie. */
  devices: z
    .array(token({ max: 500 }))
    .max(10)
    .optional(),
  ...client,
});
const browser = token({ max: 200 });
export const enterCodeInput = z.object({ browser, code: token({ max: 100 }), ...client });
export const resendCodeInput = z.object({ browser, ...client });
export const tokenInput = z.object({ token: token({ max: 200 }) });
export const requestResetInput = z.object({ email: emailSchema, ...client });
export const resetPasswordInput = z.object({
  token: token({ max: 200 }),
  password: passwordSchema,
  ...client,
});
export const changePasswordInput = z.object({
  current: token({ min: 1, max: 1000, tooShort: 'Write your current password.' }),
  password: passwordSchema,
});
export const changeEmailInput = z.object({
  email: emailSchema,
  current: token({ min: 1, max: 1000, tooShort: 'Write your current password.' }),
});
/** A change of address whose link was not used yet, and when the link ends. */
export const pendingEmailOutput = z.object({ email: z.string(), expiresAt: z.date() }).nullable();

export const sessionOutput = z.object({
  id: z.string(),
  current: z.boolean(),
  device: z.string(),
  createdAt: z.date(),
  lastSeenAt: z.date(),
});
export const meOutput = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  workspaceId: z.string().nullable(),
  role: z.enum(['viewer', 'operator', 'manager', 'owner']).nullable(),
});
