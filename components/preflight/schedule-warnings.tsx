'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';

/** Loaded when there is something to check, not with the page. */
export const ScheduleWarnings = dynamic(() => import('./warnings-list'), { ssr: false });

/** Number of warnings that the user can override; it determines the button's label. */
export function useWarningCount() {
  const [count, setCount] = useState(0);
  return { count, onCount: setCount };
}
