'use server';

import { revalidatePath } from 'next/cache';
import { getTranslations } from 'next-intl/server';
import { type FormState, failed, formWords, textOf } from '@/components/account/form-state';
import { api } from '@/components/trpc/server';
import { changeEmailInput, changePasswordInput } from '@/server/domains/accounts/schemas';

const words = () => getTranslations('settings.security');

export async function changePasswordAction(_: FormState, form: FormData): Promise<FormState> {
  const parsed = changePasswordInput.safeParse({
    current: textOf(form, 'current'),
    password: textOf(form, 'password'),
  });
  if (!parsed.success) return failed(parsed.error, await formWords());
  try {
    const { endedSessions } = await (await api()).account.changePassword(parsed.data);
    revalidatePath('/settings/security');
    const t = await words();
    return {
      done: endedSessions === 0 ? t('password.done') : t('password.doneElsewhere', { count: endedSessions }),
    };
  } catch (error) {
    return failed(error, await formWords());
  }
}

export async function changeEmailAction(_: FormState, form: FormData): Promise<FormState> {
  const values = { email: textOf(form, 'email') };
  const parsed = changeEmailInput.safeParse({ ...values, current: textOf(form, 'current') });
  if (!parsed.success) return { ...failed(parsed.error, await formWords()), values };
  try {
    const { sentTo } = await (await api()).account.changeEmail(parsed.data);
    revalidatePath('/settings/security');
    return { done: (await words())('email.sent', { email: sentTo }) };
  } catch (error) {
    return { ...failed(error, await formWords()), values };
  }
}

/** Handles the user's action on a pending change of e-mail address. */
export async function pendingEmailAction(_: FormState, form: FormData): Promise<FormState> {
  // Also after an error, because the change may have ended meanwhile.
  revalidatePath('/settings/security');
  try {
    const { account } = await api();
    if (textOf(form, 'do') === 'cancel') {
      await account.cancelEmailChange();
      return { done: (await words())('email.cancelled'), values: { waits: '' } };
    }
    const { sentTo } = await account.resendEmailChange();
    return { done: (await words())('email.sentAgain', { email: sentTo }), values: { waits: sentTo } };
  } catch (error) {
    return failed(error, await formWords());
  }
}

export async function revokeSessionAction(_: FormState, form: FormData): Promise<FormState> {
  const id = textOf(form, 'id');
  try {
    const caller = await api();
    if (id === 'others') await caller.account.revokeOtherSessions();
    else await caller.account.revokeSession({ id });
  } catch (error) {
    return failed(error, await formWords());
  }
  revalidatePath('/settings/security');
  return { done: (await words())('sessions.done') };
}
