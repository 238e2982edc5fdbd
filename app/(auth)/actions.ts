'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { AuthError } from 'next-auth';
import { type FormState, failed, problemsOf, textOf } from '@/app/_account/form-state';
import { getDb } from '@/db/client';
import { signals } from '@/inngest/signals';
import { signIn } from '@/server/auth';
import { clientOf } from '@/server/domains/accounts/client-of';
import { localPath } from '@/server/domains/accounts/next-path';
import { register } from '@/server/domains/accounts/register';
import { requestReset } from '@/server/domains/accounts/request-reset';
import { resetPassword } from '@/server/domains/accounts/reset-password';
import { registerInput, requestResetInput, resetPasswordInput } from '@/server/domains/accounts/schemas';
import { resendVerification, verifyEmail } from '@/server/domains/accounts/verify-email';
import { systemClock } from '@/server/foundation/clock';
import { getViewer } from '@/server/trpc/context';

const context = async () => ({ db: await getDb(), clock: systemClock, signals });
const client = async () => clientOf(await headers());
const AGAIN = 'Some fields need another look.';

/** Signs in with the password that was just checked or set. Answers what went wrong, or null. */
async function open(email: string, password: string): Promise<FormState | null> {
  try {
    await signIn('credentials', { email, password, redirect: false });
    return null;
  } catch (error) {
    if (!(error instanceof AuthError)) return failed(error);
    const code = 'code' in error ? error.code : undefined;
    if (code === 'rate_limited')
      return {
        message: 'There were too many tries. Wait a quarter of an hour and try again, or set a new password.',
      };
    if (code === 'unauthenticated') return { message: 'The e-mail address or the password is not right.' };
    return failed(error);
  }
}

export async function signInAction(_: FormState, form: FormData): Promise<FormState> {
  const email = textOf(form, 'email').trim();
  const password = textOf(form, 'password');
  const values = { email };
  const fields: Record<string, string> = {};
  if (!email) fields.email = 'Write your e-mail address.';
  if (!password) fields.password = 'Write your password.';
  if (Object.keys(fields).length > 0) return { message: AGAIN, fields, values };
  const problem = await open(email, password);
  if (problem) return { ...problem, values };
  redirect(localPath(textOf(form, 'next')));
}

export async function registerAction(_: FormState, form: FormData): Promise<FormState> {
  const typed = {
    name: textOf(form, 'name'),
    email: textOf(form, 'email'),
    password: textOf(form, 'password'),
    terms: form.get('terms') === 'on',
    timeZone: textOf(form, 'timeZone') || undefined,
  };
  const values = { name: typed.name, email: typed.email };
  const parsed = registerInput.safeParse({ ...typed, ...(await client()) });
  if (!parsed.success) return { message: AGAIN, fields: problemsOf(parsed.error), values };
  try {
    await register({ ctx: await context(), input: parsed.data });
  } catch (error) {
    return { ...failed(error), values };
  }
  const problem = await open(parsed.data.email, parsed.data.password);
  redirect(problem ? '/sign-in?registered=1' : '/onboarding');
}

export async function forgotAction(_: FormState, form: FormData): Promise<FormState> {
  const email = textOf(form, 'email');
  const parsed = requestResetInput.safeParse({ email, ...(await client()) });
  if (!parsed.success) return { message: AGAIN, fields: problemsOf(parsed.error), values: { email } };
  try {
    await requestReset({ ctx: await context(), input: parsed.data });
  } catch (error) {
    return { ...failed(error), values: { email } };
  }
  return {
    done: `If ${parsed.data.email} has an account here, the link is on its way. It works for one hour.`,
  };
}

export async function resetAction(_: FormState, form: FormData): Promise<FormState> {
  const parsed = resetPasswordInput.safeParse({
    token: textOf(form, 'token'),
    password: textOf(form, 'password'),
    ...(await client()),
  });
  if (!parsed.success) return { message: AGAIN, fields: problemsOf(parsed.error) };
  try {
    await resetPassword({ ctx: await context(), input: parsed.data });
  } catch (error) {
    return failed(error);
  }
  redirect('/sign-in?reset=1');
}

export async function verifyAction(_: FormState, form: FormData): Promise<FormState> {
  try {
    await verifyEmail({ ctx: await context(), input: { token: textOf(form, 'token').slice(0, 200) } });
  } catch (error) {
    return failed(error);
  }
  return { done: 'Your e-mail address is confirmed.' };
}

export async function resendAction(): Promise<FormState> {
  const viewer = await getViewer();
  if (!viewer) return { message: 'Sign in first; then we can send a new link.' };
  try {
    const { sent } = await resendVerification({ ctx: { ...(await context()), userId: viewer.userId } });
    return {
      done: sent ? `A new link is on its way to ${viewer.email}.` : 'Your address is confirmed already.',
    };
  } catch (error) {
    return failed(error);
  }
}
