'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';

/** Loaded when there is something to check, not with the page. */
export const ScheduleWarnings = dynamic(() => import('./warnings-list'), { ssr: false });

/** How many warnings one can go on in spite of; gives the button its wording. */
export function useWarningCount() {
  const [count, setCount] = useState(0);
  return { count, onCount: setCount };
}
