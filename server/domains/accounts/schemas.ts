import { z } from 'zod';
import { brokenRules, PASSWORD_MAX } from './password-rules';

export const SESSION_DAYS = 30;
export const VERIFY_HOURS = 48;
export const RESET_MINUTES = 60;

/** What the database knows about the outside of a workspace: people before and between workspaces. */
export const emailSchema = z
  .string()
  .trim()
  .max(254, 'This address is too long.')
  .pipe(z.email({ error: 'Write an e-mail address such as name@example.com.' }));

export const passwordSchema = z
  .string()
  .max(PASSWORD_MAX, `Use at most ${PASSWORD_MAX} characters.`)
  .superRefine((value, context) => {
    const broken = brokenRules(value);
    if (broken.length === 0) return;
    context.addIssue({
      code: 'custom',
      message: `The password still needs: ${broken.map((r) => r.label.toLowerCase()).join('; ')}.`,
    });
  });

const plainName = z
  .string()
  .trim()
  .min(1, 'Write your name.')
  .max(80, 'Use at most 80 characters.')
  .refine((v) => !/\p{Cc}/u.test(v), 'The name has a character that cannot be shown.');

const client = { ip: z.string().max(64), userAgent: z.string().max(300).nullable() };

export const registerInput = z.object({
  name: plainName,
  email: emailSchema,
  password: passwordSchema,
  terms: z.literal(true, { error: 'Accept the terms to go on.' }),
  timeZone: z.string().max(64).optional(),
  ...client,
});
export const signInInput = z.object({
  email: z.string().max(500),
  password: z.string().max(1000),
  /** What the browser shows to say that it has signed in before: the tokens of its cookie. */
  devices: z.array(z.string().max(500)).max(10).optional(),
  ...client,
});
const browser = z.string().max(200);
export const enterCodeInput = z.object({ browser, code: z.string().max(100), ...client });
export const resendCodeInput = z.object({ browser, ...client });
export const tokenInput = z.object({ token: z.string().max(200) });
export const requestResetInput = z.object({ email: emailSchema, ...client });
export const resetPasswordInput = z.object({
  token: z.string().max(200),
  password: passwordSchema,
  ...client,
});
export const changePasswordInput = z.object({
  current: z.string().min(1, 'Write your current password.').max(1000),
  password: passwordSchema,
});
export const changeEmailInput = z.object({
  email: emailSchema,
  current: z.string().min(1, 'Write your current password.').max(1000),
});
export const nameInput = z.object({ name: plainName });

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
