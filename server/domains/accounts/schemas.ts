import { z } from 'zod';
import { asMessage, fact, factOutput } from '@/server/foundation/facts';
import { emailAddress, line, token } from '@/server/foundation/inputs';
import { brokenRules, PASSWORD_MAX } from './password-rules';

export const SESSION_DAYS = 30;
export const VERIFY_HOURS = 48;
export const RESET_MINUTES = 60;

export const emailSchema = emailAddress();

export const passwordSchema = token({
  max: PASSWORD_MAX,
  unprintable: asMessage('validation.accounts.passwordUntypable'),
}).superRefine((value, context) => {
  const broken = brokenRules(value);
  if (broken.length === 0) return;
  context.addIssue({
    code: 'custom',
    message: asMessage('validation.accounts.passwordNeeds', {
      rules: { list: broken.map((rule) => fact(`validation.accounts.passwordRules.${rule.id}`)) },
    }),
  });
});

const plainName = line({
  min: 1,
  max: 80,
  tooShort: asMessage('validation.accounts.nameMissing'),
  unprintable: asMessage('validation.accounts.nameUnshown'),
});

export const registerInput = z.object({
  name: plainName,
  email: emailSchema,
  password: passwordSchema,
  terms: z.literal(true, { error: asMessage('validation.accounts.termsMissing') }),
  timeZone: token({ max: 64 }).optional(),
});
export const signInInput = z.object({
  email: token({ max: 500 }),
  password: token({ max: 1000 }),
  /** Tokens from the browser's cookie, which prove that it has signed in before. */
  devices: z
    .array(token({ max: 500 }))
    .max(10)
    .optional(),
});
const browser = token({ max: 200 });
export const enterCodeInput = z.object({ browser, code: token({ max: 100 }) });
/** The sign-in that a browser started and that is waiting for a code, identified by the secret in the browser's cookie. */
export const browserInput = z.object({ browser });
/** When a new code can be sent, and how many are left. */
export const codeStepOutput = z.object({ resendAt: z.date(), resendsLeft: z.number() });
/** A successful sign-in. `device` is the token for the browser's cookie. */
export const openedSession = z.object({
  kind: z.literal('open'),
  userId: z.string(),
  sessionId: z.string(),
  device: z.string(),
});
/** Tells the browser to show the code field. `browser` is the secret for its cookie. */
export const codeAsked = z.object({ kind: z.literal('code'), browser: z.string() });
export const tokenInput = z.object({ token: token({ max: 200 }) });
export const requestResetInput = z.object({ email: emailSchema });
export const resetPasswordInput = z.object({
  token: token({ max: 200 }),
  password: passwordSchema,
});
export const changePasswordInput = z.object({
  current: token({ min: 1, max: 1000, tooShort: asMessage('validation.accounts.currentPasswordMissing') }),
  password: passwordSchema,
});
export const changeEmailInput = z.object({
  email: emailSchema,
  current: token({ min: 1, max: 1000, tooShort: asMessage('validation.accounts.currentPasswordMissing') }),
});
/** A pending address change and when its link expires. */
export const pendingEmailOutput = z.object({ email: z.string(), expiresAt: z.date() }).nullable();

export const sessionOutput = z.object({
  id: z.string(),
  current: z.boolean(),
  device: factOutput,
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
