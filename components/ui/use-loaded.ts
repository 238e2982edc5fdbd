'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { toast } from './toast';

/**
 * Code that is loaded on demand. `ask` starts the download and may be called often; the value is undefined until it is loaded. After a
 * failed download the next `ask` retries; `fetchNow` reports the failure and returns false.
 */
export function useLoaded<T>(load: () => Promise<T>) {
  const t = useTranslations('ui');
  const unreachable = useRef('');
  useEffect(() => {
    unreachable.current = t('unreachable');
  }, [t]);
  const [value, setValue] = useState<T>();
  const ask = useCallback(() => {
    load().then(
      (loaded) => setValue(() => loaded),
      () => undefined,
    );
  }, [load]);
  const fetchNow = useCallback(async () => {
    try {
      const loaded = await load();
      setValue(() => loaded);
      return true;
    } catch {
      toast.error(unreachable.current);
      return false;
    }
  }, [load]);
  return { value, ask, fetchNow };
}
