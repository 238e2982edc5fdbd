import type { ReactNode } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** A field for a number. `onType` gets it as it was typed, which may be no number yet. */
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
  /** The control is as wide as a number, not as its field. */
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
