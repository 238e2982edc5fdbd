'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { NumberField } from '@/components/forms/number-field';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import type { PriceRule } from '@/server/domains/pricing/schemas';

const LABELS = {
  minViews: 'Views',
  windowHours: 'Within hours',
  stepBasisPoints: 'Step',
  cooldownHours: 'Hours between changes',
};

/** A rule as it stands in the form, or where a new one begins. */
const shown = (rule: PriceRule | null) => ({
  active: rule?.active ?? true,
  minViews: String(rule?.minViews ?? 20),
  windowHours: String(rule?.windowHours ?? 72),
  step: String((rule?.stepBasisPoints ?? 500) / 100),
  cooldownHours: String(rule?.cooldownHours ?? 48),
  version: rule?.version ?? null,
});

/** The price rule of one listing: views but no sales → a step down, never below the lowest price. */
export function RuleForm({ listingId, rule }: { listingId: string; rule: PriceRule | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const save = useMutation(trpc.pricing.saveRule.mutationOptions());
  const form = useAppForm({
    now: shown(rule),
    schema: () => import('./rule-schema').then((m) => m.ruleSchema),
    send: (input, { version }) =>
      save.mutateAsync({ listingId, ...(version === null ? {} : { version }), ...input }),
    answered: shown,
    onSaved: ({ all }) => {
      toast.success(all ? 'Price rule saved' : 'Saved. What you typed since is not saved yet.');
      router.refresh();
    },
  });
  const { value, fields } = form;
  const remove = useMutation(
    trpc.pricing.removeRule.mutationOptions({
      onMutate: form.clear,
      onError: form.fail,
      onSuccess: () => router.refresh(),
    }),
  );
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <FormErrors message={form.message} fields={fields} labels={LABELS} />
      <div className="grid gap-4 sm:grid-cols-2">
        <NumberField
          label="At least this many views"
          error={fields.minViews}
          name="minViews"
          value={value.minViews}
          onType={(minViews) => form.set({ minViews })}
        />
        <NumberField
          label="and no sale within (hours)"
          error={fields.windowHours}
          name="windowHours"
          value={value.windowHours}
          onType={(windowHours) => form.set({ windowHours })}
        />
        <NumberField
          label="Lower the price by (%)"
          error={fields.stepBasisPoints}
          name="stepBasisPoints"
          step={0.1}
          min={0.1}
          value={value.step}
          onType={(step) => form.set({ step })}
        />
        <NumberField
          label="Hours between changes"
          error={fields.cooldownHours}
          name="cooldownHours"
          value={value.cooldownHours}
          onType={(cooldownHours) => form.set({ cooldownHours })}
        />
      </div>
      <Field layout="row" label="The rule is on" help="It never goes below the lowest price of the product.">
        <Switch checked={value.active} onCheckedChange={(active) => form.set({ active })} />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="outline" loading={form.saving}>
          {rule ? 'Save rule' : 'Set rule'}
        </Button>
        {rule ? (
          <Button
            size="sm"
            variant="ghost"
            loading={remove.isPending}
            onClick={() => remove.mutate({ id: rule.id })}
          >
            Remove rule
          </Button>
        ) : null}
      </div>
    </form>
  );
}
