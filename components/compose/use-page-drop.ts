'use client';

import { useEffect, useRef } from 'react';
import { carriesFiles } from '@/components/media/given-files';

/**
 * Handles files dropped outside the drop areas, which the browser would otherwise open in place of the page. They go to `onFiles`, or are
 * ignored if that is null.
 */
export function usePageDrop(onFiles: ((files: readonly File[]) => void) | null): void {
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.defaultPrevented || !carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = take.current ? 'copy' : 'none';
    };
    const drop = (event: DragEvent) => {
      if (event.defaultPrevented || !carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      take.current?.([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}
