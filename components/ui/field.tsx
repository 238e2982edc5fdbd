import { CircleAlert } from 'lucide-react';
import { cloneElement, isValidElement, type ReactElement, type ReactNode, useId } from 'react';
import { FormWord } from '@/components/words/frame-words';
import { cn } from './cn';
import { Label } from './label';

interface ControlProps {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean | 'true' | 'false';
  'aria-required'?: boolean;
}

export interface FieldProps {
  label: ReactNode;
  /** Shown under the control, always. */
  help?: ReactNode;
  /** What is wrong, in words. Marks the control as invalid and is read out with it. */
  error?: string | undefined;
  /** Stands at the end of the label's line: a counter, a link. */
  aside?: ReactNode;
  required?: boolean;
  optional?: boolean;
  /** The control's id; made up when absent. */
  id?: string;
  /** `row` puts a switch or a checkbox beside its label. */
  layout?: 'stack' | 'row';
  className?: string;
  /** One control, or a function that gets the wiring and answers one. */
  children: ReactElement | ((wiring: ControlProps) => ReactNode);
}

/** A label above, the control, help below, and the error beside it, all tied together for assistive technology. */
export function Field({
  label,
  help,
  error,
  aside,
  required,
  optional,
  id,
  layout = 'stack',
  className,
  children,
}: FieldProps) {
  const made = useId();
  const own =
    typeof children !== 'function' && isValidElement<ControlProps>(children) ? children.props : undefined;
  const controlId = id ?? own?.id ?? made;
  const helpId = `${controlId}-help`;
  const errorId = `${controlId}-error`;
  const described = [own?.['aria-describedby'], error ? errorId : null, help ? helpId : null]
    .filter(Boolean)
    .join(' ');
  const wiring: ControlProps = {
    id: controlId,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
    ...(required ? { 'aria-required': true } : {}),
  };
  const control = typeof children === 'function' ? children(wiring) : cloneElement(children, wiring);
  const words = (
    <>
      <Label htmlFor={controlId}>
        <span>
          {label}
          {optional ? (
            <span className="ml-1 font-normal text-muted-foreground">
              <FormWord name="optional" />
            </span>
          ) : null}
        </span>
      </Label>
      {aside ? <span className="tabular text-muted-foreground text-xs">{aside}</span> : null}
    </>
  );
  const below = (
    <>
      {error ? (
        <p id={errorId} className="flex items-start gap-1.5 text-destructive text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
      {help ? (
        <p id={helpId} className="text-muted-foreground text-sm">
          {help}
        </p>
      ) : null}
    </>
  );
  if (layout === 'row')
    return (
      <div data-slot="field" className={cn('flex items-start gap-3', className)}>
        <div className="flex h-5 items-center">{control}</div>
        <div className="grid min-w-0 gap-1">
          {words}
          {below}
        </div>
      </div>
    );
  return (
    <div data-slot="field" className={cn('grid content-start gap-1.5', className)}>
      <div className="flex items-baseline justify-between gap-3">{words}</div>
      {control}
      {below}
    </div>
  );
}

/** A group of controls under one name: radio buttons, several checkboxes. */
export function FieldSet({
  legend,
  help,
  error,
  className,
  children,
}: {
  legend: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const described = [error ? `${id}-error` : null, help ? `${id}-help` : null].filter(Boolean).join(' ');
  return (
    <fieldset
      data-slot="fieldset"
      aria-describedby={described || undefined}
      className={cn('grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2', className)}
    >
      <legend className="mb-2 font-medium text-foreground text-sm">{legend}</legend>
      {help ? (
        <p id={`${id}-help`} className="-mt-1 mb-1 text-muted-foreground text-sm">
          {help}
        </p>
      ) : null}
      {children}
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-destructive text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
    </fieldset>
  );
}
