'use client';

import { useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import type { PlanAccount } from '@/components/trpc/outputs';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/native-select';

const named = ({ platform, name }: PlanAccount) => ({ platform: platformName(platform), account: name });

/** Selects the account. The URL stores the choice, so that it survives a reload and can be shared. */
export function AccountChoice({
  accounts,
  value,
  onChange,
}: {
  accounts: readonly PlanAccount[];
  value: string;
  onChange: (id: string) => void;
}) {
  const t = useTranslations('queue.account');
  return (
    <Field label={t('label')} className="w-full max-w-sm">
      <NativeSelect
        value={value}
        onChange={(event) => {
          const url = new URL(window.location.href);
          url.searchParams.set('account', event.target.value);
          window.history.replaceState(null, '', url);
          onChange(event.target.value);
        }}
      >
        {accounts.map((account) => (
          <option key={account.id} value={account.id}>
            {account.waiting > 0
              ? t('waiting', { ...named(account), count: account.waiting })
              : t('option', named(account))}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}
