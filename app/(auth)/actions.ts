'use server';

import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { ZodError } from 'zod';
import { type FormState, failed, formWords, problemsOf, textOf } from '@/components/account/form-state';
import { api } from '@/components/trpc/server';
import { CODE_NEEDED, Refused, signIn } from '@/server/auth';
import { pendingSignIn, rememberDevice } from '@/server/auth-cookies';
import { confirmEmailChange } from '@/server/domains/accounts/change-email';
import { localPath } from '@/server/domains/accounts/next-path';
import { register } from '@/server/domains/accounts/register';
import { requestReset } from '@/server/domains/accounts/request-reset';
import { resetPassword } from '@/server/domains/accounts/reset-password';
import { resendCode } from '@/server/domains/accounts/sign-in-code';
import { verifyEmail } from '@/server/domains/accounts/verify-email';
import { isAppError } from '@/server/foundation/errors';
import { ctxForVisitor, getViewer } from '@/server/trpc/context';

const words = () => getTranslations('auth');
/** Returns the state of a form whose submission was refused: a message for each invalid control, or the verb's error. */
const refusedState = async (error: unknown): Promise<FormState> =>
  isAppError(error) && error.cause instanceof ZodError
    ? { message: (await words())('again'), fields: problemsOf(error.cause, await formWords()) }
    : failed(error, await formWords());

/** Signs in. Returns null on success, `code` if an e-mailed code is required next, or the error. */
async function open(
  provider: 'credentials' | 'code',
  credentials: Record<string, string>,
): Promise<FormState | 'code' | null> {
  try {
    await signIn(provider, { ...credentials, redirect: false });
    return null;
  } catch (error) {
    if (error instanceof Refused && error.code === CODE_NEEDED) return 'code';
    return failed(error instanceof Refused && error.reason ? error.reason : error, await formWords());
  }
}

const codePage = (next: string) => `/sign-in/code?next=${encodeURIComponent(next)}`;

export async function signInAction(_: FormState, form: FormData): Promise<FormState> {
  const email = textOf(form, 'email').trim();
  const password = textOf(form, 'password');
  const values = { email };
  if (!email || !password) {
    const t = await words();
    const fields = {
      ...(email ? {} : { email: t('signIn.emailMissing') }),
      ...(password ? {} : { password: t('signIn.passwordMissing') }),
    };
    return { message: t('again'), fields, values };
  }
  const next = localPath(textOf(form, 'next'));
  const problem = await open('credentials', { email, password });
  if (problem === 'code') redirect(codePage(next));
  if (problem) return { ...problem, values };
  redirect(next);
}

export async function enterCodeAction(_: FormState, form: FormData): Promise<FormState> {
  const code = textOf(form, 'code');
  if (!code.trim()) {
    const t = await words();
    return { message: t('again'), fields: { code: t('code.missing') } };
  }
  const problem = await open('code', { code });
  if (problem && problem !== 'code') return problem;
  redirect(localPath(textOf(form, 'next')));
}

/** State of the code page for resending: when a new code may be requested (milliseconds since 1970), and how many are left. */
export interface ResendState extends FormState {
  resendAt: number;
  left: number;
}

/** Anyone can call this with any argument, so `before` may be missing. */
export async function resendCodeAction(before: ResendState | undefined): Promise<ResendState> {
  try {
    const pending = await pendingSignIn();
    const { resendAt, resendsLeft } = await resendCode(await ctxForVisitor(), {
      browser: pending?.browser ?? '',
    });
    return {
      done: (await words())('code.resent'),
      resendAt: resendAt.getTime(),
      left: resendsLeft,
    };
  } catch (error) {
    return { ...failed(error, await formWords()), resendAt: before?.resendAt ?? 0, left: before?.left ?? 0 };
  }
}

export async function registerAction(_: FormState, form: FormData): Promise<FormState> {
  const typed = {
    name: textOf(form, 'name'),
    email: textOf(form, 'email'),
    password: textOf(form, 'password'),
    // Without consent the value is `false`, and the schema reports the error.
    terms: (textOf(form, 'terms') === 'on') as true,
    timeZone: textOf(form, 'timeZone') || undefined,
  };
  const values = { name: typed.name, email: typed.email };
  try {
    await register(await ctxForVisitor(), typed);
  } catch (error) {
    return { ...(await refusedState(error)), values };
  }
  const { email, password } = typed;
  const problem = await open('credentials', { email, password });
  if (problem === 'code') redirect(codePage('/onboarding'));
  redirect(problem ? '/sign-in?registered=1' : '/onboarding');
}

export async function forgotAction(_: FormState, form: FormData): Promise<FormState> {
  const email = textOf(form, 'email');
  try {
    await requestReset(await ctxForVisitor(), { email });
  } catch (error) {
    return { ...(await refusedState(error)), values: { email } };
  }
  return {
    done: (await words())('forgot.sent', { email: email.trim() }),
  };
}

export async function resetAction(_: FormState, form: FormData): Promise<FormState> {
  try {
    const { device } = await resetPassword(await ctxForVisitor(), {
      token: textOf(form, 'token'),
      password: textOf(form, 'password'),
    });
    await rememberDevice(device);
  } catch (error) {
    return refusedState(error);
  }
  redirect('/sign-in?reset=1');
}

/** Confirms the address of a new account or the changed address of an existing one, because both links lead to the same page. */
export async function verifyAction(_: FormState, form: FormData): Promise<FormState> {
  const [ctx, t] = await Promise.all([ctxForVisitor(), words()]);
  const token = textOf(form, 'token').slice(0, 200);
  try {
    await verifyEmail(ctx, { token });
    return { done: t('verify.confirmed') };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid') return failed(error, await formWords());
  }
  try {
    await confirmEmailChange(ctx, { token });
    return { done: t('verify.changed') };
  } catch (error) {
    return failed(error, await formWords());
  }
}

export async function resendAction(): Promise<FormState> {
  const [viewer, t] = await Promise.all([getViewer(), words()]);
  if (!viewer) return { message: t('verify.signInFirst') };
  try {
    const { sent } = await (await api()).account.resendVerification();
    return {
      done: sent ? t('verify.resent', { email: viewer.email }) : t('verify.already'),
    };
  } catch (error) {
    return failed(error, await formWords());
  }
}
