'use client';

import { type ComponentProps, createContext, type ReactNode, useContext, useId } from 'react';
import { cn } from './cn';

interface Group {
  name: string;
  value?: string | undefined;
  defaultValue?: string | undefined;
  onValueChange?: ((value: string) => void) | undefined;
}
const GroupContext = createContext<Group | null>(null);

/** The browser's own radio buttons under one name, which support arrow keys, forms and screen readers natively. */
export function RadioGroup({
  className,
  name,
  value,
  defaultValue,
  onValueChange,
  ...props
}: Omit<ComponentProps<'div'>, 'defaultValue'> & Partial<Group>) {
  const generatedId = useId();
  return (
    <GroupContext value={{ name: name ?? generatedId, value, defaultValue, onValueChange }}>
      <div role="radiogroup" data-slot="radio-group" className={cn('grid gap-3', className)} {...props} />
    </GroupContext>
  );
}

export function RadioGroupItem({
  className,
  value,
  ...props
}: Omit<ComponentProps<'input'>, 'value'> & { value: string }) {
  const group = useContext(GroupContext);
  const state =
    group?.value === undefined
      ? { defaultChecked: group?.defaultValue === value }
      : { checked: group.value === value };
  return (
    <input
      type="radio"
      data-slot="radio-group-item"
      name={group?.name}
      value={value}
      onChange={() => group?.onValueChange?.(value)}
      className={cn(
        'peer size-4 shrink-0 appearance-none rounded-full border border-input bg-card transition-colors duration-150 checked:border-accent checked:bg-accent checked:shadow-[inset_0_0_0_3px_var(--card)] disabled:cursor-not-allowed disabled:opacity-50 forced-colors:appearance-auto',
        className,
      )}
      {...state}
      {...props}
    />
  );
}

/** A radio button as a bordered row with a title and a line of help; the whole row is clickable. */
export function RadioCard({
  title,
  description,
  className,
  ...props
}: Omit<ComponentProps<typeof RadioGroupItem>, 'title'> & { title: ReactNode; description?: ReactNode }) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={cn(
        'flex cursor-pointer items-start gap-3 rounded-lg border border-border bg-card p-3 text-sm transition-colors duration-150 hover:border-input has-[:checked]:border-accent has-[:disabled]:cursor-not-allowed has-[:checked]:bg-accent-subtle has-[:disabled]:opacity-60',
        className,
      )}
    >
      <RadioGroupItem
        id={id}
        aria-describedby={description ? `${id}-help` : undefined}
        className="mt-0.5"
        {...props}
      />
      <span className="grid gap-0.5">
        <span className="font-medium">{title}</span>
        {description ? (
          <span id={`${id}-help`} className="text-muted-foreground">
            {description}
          </span>
        ) : null}
      </span>
    </label>
  );
}
