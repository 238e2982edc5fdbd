'use client';

import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { useActionForm } from '@/components/account/use-action-form';
import { renewWhenRestored } from '@/components/shell/leave-for';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { planAction } from '../actions';

type Plan = 'free' | 'pro' | 'agency';
const ORDER: readonly Plan[] = ['free', 'pro', 'agency'];

/** The plans, each with its button: the current one continues, a higher one leads to the payment page. */
export function PlanForm(props: {
  current: Plan;
  /** The later step that the user came from and returns to. */
  from: string | null;
  /** A payment is being confirmed; prevents a second payment. */
  paying: boolean;
  plans: { plan: Plan; name: string; price: string; points: string[] }[];
}) {
  const t = useTranslations('setup.plan');
  const { state, pending, form } = useActionForm(planAction);
  // Choosing a plan may lead to another site.
  useEffect(renewWhenRestored, []);
  const rank = (plan: Plan) => ORDER.indexOf(plan);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} />
      {props.from ? <input type="hidden" name="from" value={props.from} /> : null}
      <ul className="grid gap-4 sm:grid-cols-3">
        {props.plans.map(({ plan, name, price, points }) => (
          <li key={plan} className="flex flex-col gap-4 rounded-lg border border-border bg-card p-4">
            <div>
              <h2 className="flex items-center gap-2 font-semibold">
                {name}
                {plan === props.current ? <Badge>{t('yours')}</Badge> : null}
              </h2>
              <p className="mt-1 text-muted-foreground text-sm">
                {t.rich('price', {
                  price: () => <span className="tabular font-semibold text-foreground text-xl">{price}</span>,
                })}
              </p>
            </div>
            <ul className="grid flex-1 content-start gap-1.5 text-sm">
              {points.map((point) => (
                <li key={point} className="flex items-start gap-2">
                  <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-positive" />
                  {point}
                </li>
              ))}
            </ul>
            {plan === props.current ? (
              <Button type="submit" name="plan" value="keep" loading={pending}>
                {t('keep', { plan: name })}
              </Button>
            ) : rank(plan) > rank(props.current) ? (
              <Button
                type="submit"
                name="plan"
                value={plan}
                variant="outline"
                disabled={pending || props.paying}
              >
                {t('choose', { plan: name })}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </form>
  );
}
