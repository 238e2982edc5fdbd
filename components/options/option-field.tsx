'use client';

import { useTranslations } from 'next-intl';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { Switch } from '@/components/ui/switch';
import type { OptionValue } from '@/server/foundation/option-values';
import { RemoteChoiceField } from './remote-choice-field';
import type { FormField } from './values';

/** One option of an account, drawn by its kind. */
export function OptionInput({
  connectionId,
  field,
  value,
  error,
  onChange,
}: {
  connectionId: string;
  field: FormField;
  value: OptionValue | undefined;
  error?: string | undefined;
  onChange: (value: OptionValue | undefined) => void;
}) {
  const t = useTranslations('options');
  const { required } = field;
  const wiring = {
    id: `option-${connectionId}-${field.id}`,
    label: field.label.text,
    help: field.help?.text,
    error,
  };
  switch (field.kind) {
    case 'switch':
      return (
        <Field {...wiring} layout="row">
          <Switch checked={value === true} onCheckedChange={onChange} />
        </Field>
      );
    case 'text': {
      const text = typeof value === 'string' ? value : '';
      return (
        <Field
          {...wiring}
          required={required}
          optional={!required}
          aside={t('counter', { length: [...text].length, most: field.maxLength })}
        >
          <Input dir="auto" value={text} onChange={(event) => onChange(event.target.value)} />
        </Field>
      );
    }
    case 'choice': {
      const chosen = typeof value === 'string' ? value : '';
      const offered = field.choices.some((choice) => choice.value === chosen);
      return (
        <Field {...wiring} required={required} optional={!required} className="max-w-sm">
          <NativeSelect value={chosen} onChange={(event) => onChange(event.target.value)}>
            {required && chosen !== '' ? null : (
              <option value="">{t(required ? 'choose' : 'nothing')}</option>
            )}
            {chosen !== '' && !offered ? (
              <option value={chosen}>{t('gone', { value: chosen })}</option>
            ) : null}
            {field.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label.text}
              </option>
            ))}
          </NativeSelect>
        </Field>
      );
    }
    case 'remote_choice':
      return (
        <RemoteChoiceField
          connectionId={connectionId}
          field={field}
          value={typeof value === 'object' ? value : undefined}
          error={error}
          onChange={onChange}
        />
      );
  }
}
