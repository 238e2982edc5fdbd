'use server';

import { revalidatePath } from 'next/cache';
import { type FormState, failed, problemsOf, textOf } from '@/components/account/form-state';
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
    revalidatePath('/settings/security');
    return { done: `We sent a link to ${sentTo}.` };
  } catch (error) {
    return { ...failed(error), values };
  }
}

/** What a person does about a change of address that is under way. */
export async function pendingEmailAction(_: FormState, form: FormData): Promise<FormState> {
  // Also after a refusal: the change may be over.
  revalidatePath('/settings/security');
  try {
    const { account } = await api();
    if (textOf(form, 'do') === 'cancel') {
      await account.cancelEmailChange();
      return { done: 'The change is cancelled. Your address stays as it is.', values: { waits: '' } };
    }
    const { sentTo } = await account.resendEmailChange();
    return { done: `We sent a new link to ${sentTo}.`, values: { waits: sentTo } };
  } catch (error) {
    return failed(error);
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
