'use client';

import { useQuery } from '@tanstack/react-query';
import { OptionsPanel } from '@/components/options/options-panel';
import { useTRPC } from '@/components/trpc/client';
import type { EvergreenItem } from '@/components/trpc/outputs';
import type { OptionValues } from '@/server/foundation/option-values';

/** The options with which a post is recycled, for each account of its platforms. */
export function EvergreenOptions({
  item,
  values,
  errors,
  onChange,
}: {
  item: EvergreenItem;
  /** What was changed, by account. */
  values: Readonly<Record<string, OptionValues>>;
  errors: Readonly<Record<string, string>>;
  onChange: (connectionId: string, values: OptionValues) => void;
}) {
  const trpc = useTRPC();
  const { data = [] } = useQuery(trpc.connections.options.queryOptions());
  const ids = data
    .filter(({ platform }) => item.texts.some((text) => text.platform === platform))
    .map(({ connectionId }) => connectionId);
  if (data.length > 0 && ids.length === 0) return null;
  return (
    <OptionsPanel
      accountIds={ids}
      valuesOf={(id) => values[id] ?? item.options[id]}
      postOf={(platform) => ({ media: item.media[platform] })}
      errors={errors}
      onChange={onChange}
    />
  );
}
