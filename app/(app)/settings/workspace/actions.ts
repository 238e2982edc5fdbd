'use server';

import { revalidatePath } from 'next/cache';
import { type FormState, failed, textOf } from '@/app/_account/form-state';
import { api } from '@/components/trpc/server';

export async function updateWorkspaceAction(_: FormState, form: FormData): Promise<FormState> {
  try {
    await (await api()).workspace.update({
      name: textOf(form, 'name'),
      timeZone: textOf(form, 'timeZone'),
      reportingCurrency: textOf(form, 'reportingCurrency'),
    });
  } catch (error) {
    return failed(error);
  }
  revalidatePath('/', 'layout');
  return { done: 'Saved' };
}
