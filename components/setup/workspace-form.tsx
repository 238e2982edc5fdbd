'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { READ_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { ZoneSelect } from '@/components/setup/zone-select';
import { useTRPC } from '@/components/trpc/client';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';

export function WorkspaceForm(props: {
  workspace: { name: string; timeZone: string; reportingCurrency: string };
  zones: string[];
  currencies: { code: string; name: string }[];
  editable: boolean;
}) {
  const { name, timeZone, reportingCurrency } = props.workspace;
  const t = useTranslations('setup.workspace');
  const trpc = useTRPC();
  const router = useRouter();
  const update = useMutation(trpc.workspace.update.mutationOptions());
  const form = useAppForm({
    now: { name, timeZone, reportingCurrency },
    schema: () => import('@/server/domains/workspaces/schemas').then((m) => m.updateWorkspaceInput),
    send: (input) => update.mutateAsync(input),
    onSaved: () => router.refresh(),
  });
  const { value, fields } = form;
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-5">
      <FormErrors
        message={form.message}
        fields={fields}
        labels={{ name: t('name'), timeZone: t('zone'), reportingCurrency: t('currencyLabel') }}
      />
      <fieldset disabled={!props.editable} className="contents">
        <Field label={t('name')} error={fields.name}>
          <Input
            name="name"
            value={value.name}
            onChange={(event) => form.set({ name: event.target.value })}
          />
        </Field>
        <Field label={t('zone')} help={t('zoneHelp')} error={fields.timeZone}>
          <ZoneSelect
            name="timeZone"
            zones={props.zones}
            value={value.timeZone}
            onChange={(event) => form.set({ timeZone: event.target.value })}
          />
        </Field>
        <Field label={t('currency')} help={t('currencyHelp')} error={fields.reportingCurrency}>
          <NativeSelect
            name="reportingCurrency"
            value={value.reportingCurrency}
            onChange={(event) => form.set({ reportingCurrency: event.target.value })}
          >
            {props.currencies.map(({ code, name }) => (
              <option key={code} value={code}>
                {name === code ? code : `${code}, ${name}`}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <SaveRow saving={form.saving} saved={form.saved} blocked={props.editable ? null : READ_ONLY} />
      </fieldset>
    </form>
  );
}
