import type { ReactNode } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** A field for a number. `onType` gets the text as typed, which may not be a number yet. */
export function NumberField({
  label,
  help,
  error,
  className,
  narrow = false,
  name,
  value,
  onType,
  min = 1,
  max,
  step,
}: {
  label: string;
  help?: ReactNode;
  error: string | undefined;
  className?: string;
  /** Makes the control as wide as a number and not as wide as its field. */
  narrow?: boolean;
  name: string;
  value: string | number;
  onType: (text: string) => void;
  min?: number;
  max?: number;
  step?: number;
}) {
  return (
    <Field label={label} help={help} error={error} className={className}>
      <Input
        name={name}
        type="number"
        inputMode={step !== undefined && step < 1 ? 'decimal' : 'numeric'}
        min={min}
        max={max}
        step={step}
        className={narrow ? 'tabular w-28!' : 'tabular'}
        value={value}
        onChange={(event) => onType(event.target.value)}
      />
    </Field>
  );
}
