'use server';

import { revalidatePath } from 'next/cache';
import { type FormState, failed, problemsOf, textOf } from '@/app/_account/form-state';
import { api } from '@/components/trpc/server';
import { changeEmailInput, changePasswordInput } from '@/server/domains/accounts/schemas';

export async function changePasswordAction(_: FormState, form: FormData): Promise<FormState> {
  const parsed = changePasswordInput.safeParse({
    current: textOf(form, 'current'),
    password: textOf(form, 'password'),
  });
  if (!parsed.success) return { message: 'Some fields need another look.', fields: problemsOf(parsed.error) };
  try {
    const { endedSessions } = await (await api()).account.changePassword(parsed.data);
    revalidatePath('/settings/security');
    return {
      done:
        endedSessions === 0
          ? 'The new password is set.'
          : `The new password is set, and ${endedSessions} other ${endedSessions === 1 ? 'session was' : 'sessions were'} signed out.`,
    };
  } catch (error) {
    return failed(error);
  }
}

export async function changeEmailAction(_: FormState, form: FormData): Promise<FormState> {
  const values = { email: textOf(form, 'email') };
  const parsed = changeEmailInput.safeParse({ ...values, current: textOf(form, 'current') });
  if (!parsed.success)
    return { message: 'Some fields need another look.', fields: problemsOf(parsed.error), values };
  try {
    const { sentTo } = await (await api()).account.changeEmail(parsed.data);
    return {
      done: `We sent a link to ${sentTo}. Your account gets that address when the link is used; until then it keeps the old one.`,
    };
  } catch (error) {
    return { ...failed(error), values };
  }
}

export async function revokeSessionAction(_: FormState, form: FormData): Promise<FormState> {
  const id = textOf(form, 'id');
  try {
    const caller = await api();
    if (id === 'others') await caller.account.revokeOtherSessions();
    else await caller.account.revokeSession({ id });
  } catch (error) {
    return failed(error);
  }
  revalidatePath('/settings/security');
  return { done: 'Signed out there.' };
}
