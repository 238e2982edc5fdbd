'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type RefObject, useEffect, useRef } from 'react';
import { useTRPC } from '@/components/trpc/client';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/native-select';
import { FollowUpFields } from './follow-up-fields';
import { FIRST_RULE, type Rule, ruleInWords } from './rule';

/** What follows if the post in the editor does well: the rule in Auto-posting, nothing, or a rule of its own. */
export function FollowUpChoice({
  value,
  onChange,
  fields,
  platforms,
  takeFocus,
}: {
  /** Undefined for the rule in Auto-posting, null for nothing. */
  value: Rule | null | undefined;
  onChange: (value: Rule | null | undefined) => void;
  fields: Record<string, string>;
  platforms: readonly string[];
  /** Holds true if the choice should take the focus when it appears. */
  takeFocus?: RefObject<boolean>;
}) {
  const t = useTranslations('followUps');
  const trpc = useTRPC();
  const standard = useQuery(trpc.planning.followUpRule.queryOptions());
  const rule = standard.data?.followUpRule;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!takeFocus?.current) return;
    takeFocus.current = false;
    box.current?.querySelector('select')?.focus();
  }, [takeFocus]);
  return (
    <div ref={box} className="grid gap-4 rounded-md bg-muted p-3">
      <Field
        label={t('choice.label')}
        help={
          value === undefined && standard.data
            ? rule
              ? ruleInWords(t, rule, platforms)
              : t('choice.nothingSet')
            : undefined
        }
        className="max-w-sm"
      >
        <NativeSelect
          value={value === undefined ? 'standard' : value === null ? 'none' : 'own'}
          onChange={(event) => {
            const choice = event.target.value;
            onChange(choice === 'own' ? (rule ?? FIRST_RULE) : choice === 'none' ? null : undefined);
          }}
        >
          <option value="standard">{t('choice.standard')}</option>
          <option value="none">{t('choice.none')}</option>
          <option value="own">{t('choice.own')}</option>
        </NativeSelect>
      </Field>
      {value ? (
        <FollowUpFields value={value} onChange={onChange} fields={fields} platforms={platforms} />
      ) : null}
    </div>
  );
}
