'use client';

import { useForm } from '@/app/_account/use-form';
import { LOOK_ONLY, SaveRow } from '@/components/forms/save-row';
import { ZoneSelect } from '@/components/setup/zone-select';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { updateWorkspaceAction } from './actions';

const LABELS = { name: 'Name', timeZone: 'Time zone', reportingCurrency: 'Currency' };

export function WorkspaceForm(props: {
  workspace: { name: string; timeZone: string; reportingCurrency: string };
  zones: string[];
  currencies: { code: string; name: string }[];
  editable: boolean;
}) {
  const { state, pending, form } = useForm(updateWorkspaceAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={LABELS} />
      <fieldset disabled={!props.editable} className="contents">
        <Field label="Name" error={state.fields?.name}>
          <Input name="name" maxLength={80} defaultValue={props.workspace.name} />
        </Field>
        <Field
          label="Time zone"
          help="Posts that are already scheduled keep their moment, and repeated posts keep the zone that they were made in. Slots and new posts use the new zone."
          error={state.fields?.timeZone}
        >
          <ZoneSelect name="timeZone" zones={props.zones} defaultValue={props.workspace.timeZone} />
        </Field>
        <Field
          label="Currency of reports"
          help="Each amount keeps the currency it came in. Totals are shown in this one where they can be."
          error={state.fields?.reportingCurrency}
        >
          <NativeSelect name="reportingCurrency" defaultValue={props.workspace.reportingCurrency}>
            {props.currencies.map(({ code, name }) => (
              <option key={code} value={code}>
                {code}, {name}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <SaveRow
          saving={pending}
          saved={state.done !== undefined}
          blocked={props.editable ? null : LOOK_ONLY}
        />
      </fieldset>
    </form>
  );
}
