import { z } from 'zod';
import { LOCALES } from '@/i18n/locales';
import { asMessage, fact, factOutput } from '@/server/foundation/facts';
import { emailAddress, line, token } from '@/server/foundation/inputs';
import { brokenRules, PASSWORD_MAX } from './password-rules';

export const SESSION_DAYS = 30;
export const VERIFY_HOURS = 48;
export const RESET_MINUTES = 60;

/** What the database knows about the outside of a workspace: people before and between workspaces. */
export const emailSchema = emailAddress();

export const passwordSchema = token({
  max: PASSWORD_MAX,
  unshown: asMessage('validation.accounts.passwordUntypable'),
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
  unshown: asMessage('validation.accounts.nameUnshown'),
});

const client = {
  ip: token({ max: 64 }),
  userAgent: token({ max: 300 }).nullable(),
  locale: z.enum(LOCALES).optional(),
};

export const registerInput = z.object({
  name: plainName,
  email: emailSchema,
  password: passwordSchema,
  terms: z.literal(true, { error: asMessage('validation.accounts.termsMissing') }),
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
  current: token({ min: 1, max: 1000, tooShort: asMessage('validation.accounts.currentPasswordMissing') }),
  password: passwordSchema,
});
export const changeEmailInput = z.object({
  email: emailSchema,
  current: token({ min: 1, max: 1000, tooShort: asMessage('validation.accounts.currentPasswordMissing') }),
});
/** A change of address whose link was not used yet, and when the link ends. */
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
