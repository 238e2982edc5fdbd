'use client';

import { platformName } from '@/components/platforms/catalogue';
import type { PlanAccount } from '@/components/trpc/outputs';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/native-select';

/** Which account is shown. The address keeps the choice, so that it can be reloaded and sent to others. */
export function AccountChoice({
  accounts,
  value,
  onChange,
}: {
  accounts: readonly PlanAccount[];
  value: string;
  onChange: (id: string) => void;
}) {
  return (
    <Field label="Account" className="w-full max-w-sm">
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
            {platformName(account.platform)} · {account.name}
            {account.waiting > 0 ? ` (${account.waiting} waiting)` : ''}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}
