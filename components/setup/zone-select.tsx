import { useTranslations } from 'next-intl';
import type { ComponentProps } from 'react';
import { NativeSelect } from '@/components/ui/native-select';

/** All time zones by region. A value that is missing from the list (an old name) stays selectable. */
export function ZoneSelect({ zones, ...props }: ComponentProps<'select'> & { zones: readonly string[] }) {
  const t = useTranslations('setup');
  const current = String(props.value ?? props.defaultValue ?? '');
  const all = current && !zones.includes(current) ? [current, ...zones] : zones;
  const groups = new Map<string, string[]>();
  for (const zone of all) {
    const region = zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : t('otherZones');
    groups.set(region, [...(groups.get(region) ?? []), zone]);
  }
  return (
    <NativeSelect {...props}>
      {[...groups].map(([region, names]) => (
        <optgroup key={region} label={region}>
          {names.map((zone) => (
            <option key={zone} value={zone}>
              {zone.slice(zone.indexOf('/') + 1).replaceAll('_', ' ')}
            </option>
          ))}
        </optgroup>
      ))}
    </NativeSelect>
  );
}
