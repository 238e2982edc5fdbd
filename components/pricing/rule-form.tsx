'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { NumberField } from '@/components/forms/number-field';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import type { PriceRule } from '@/server/domains/pricing/schemas';

const FIELDS = ['minViews', 'windowHours', 'stepBasisPoints', 'cooldownHours'] as const;

/** The form values of a rule, or the initial values of a new one. */
const shown = (rule: PriceRule | null) => ({
  active: rule?.active ?? true,
  minViews: String(rule?.minViews ?? 20),
  windowHours: String(rule?.windowHours ?? 72),
  step: String((rule?.stepBasisPoints ?? 500) / 100),
  cooldownHours: String(rule?.cooldownHours ?? 48),
  version: rule?.version ?? null,
});

/** The price rule of one listing: after views without sales it lowers the price by a step, never below the lowest price. */
export function RuleForm({ listingId, rule }: { listingId: string; rule: PriceRule | null }) {
  const t = useTranslations('pricing.ruleForm');
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
      toast.success(all ? t('saved') : t('savedInPart'));
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
      <FormErrors
        message={form.message}
        fields={fields}
        labels={Object.fromEntries(FIELDS.map((name) => [name, t(`short.${name}`)]))}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <NumberField
          label={t('fields.minViews')}
          error={fields.minViews}
          name="minViews"
          value={value.minViews}
          onType={(minViews) => form.set({ minViews })}
        />
        <NumberField
          label={t('fields.windowHours')}
          error={fields.windowHours}
          name="windowHours"
          value={value.windowHours}
          onType={(windowHours) => form.set({ windowHours })}
        />
        <NumberField
          label={t('fields.stepBasisPoints')}
          error={fields.stepBasisPoints}
          name="stepBasisPoints"
          step={0.1}
          min={0.1}
          value={value.step}
          onType={(step) => form.set({ step })}
        />
        <NumberField
          label={t('fields.cooldownHours')}
          error={fields.cooldownHours}
          name="cooldownHours"
          value={value.cooldownHours}
          onType={(cooldownHours) => form.set({ cooldownHours })}
        />
      </div>
      <Field layout="row" label={t('active')} help={t('activeHelp')}>
        <Switch checked={value.active} onCheckedChange={(active) => form.set({ active })} />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="outline" loading={form.saving}>
          {rule ? t('save') : t('set')}
        </Button>
        {rule ? (
          <Button
            size="sm"
            variant="ghost"
            loading={remove.isPending}
            onClick={() => remove.mutate({ id: rule.id })}
          >
            {t('remove')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
